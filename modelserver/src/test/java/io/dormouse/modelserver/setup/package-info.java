/// Tests of what is done once: for a machine, and for a model.
@org.jspecify.annotations.NullMarked
package io.dormouse.modelserver.setup;
