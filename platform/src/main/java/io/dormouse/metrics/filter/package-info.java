/// Filter patterns of CloudWatch Logs: words and phrases, `%regular expressions%`, `{ conditions on
/// JSON }` and `[columns, of, a, line]`. Pure: a text becomes a pattern, a pattern looks at lines.
///
/// See [filter pattern
/// syntax](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html).
///
/// May use: nothing.
@NullMarked
package io.dormouse.metrics.filter;

import org.jspecify.annotations.NullMarked;
