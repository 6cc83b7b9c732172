/// `main`, configuration, and the one page where everything is constructed in the order data flows:
/// [Platform][io.dormouse.app.Platform].
///
/// May use: everything.
@NullMarked
package io.dormouse.app;

import org.jspecify.annotations.NullMarked;
