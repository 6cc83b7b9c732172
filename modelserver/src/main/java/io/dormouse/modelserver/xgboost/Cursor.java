package io.dormouse.modelserver.xgboost;

import io.dormouse.modelserver.Unloadable;

/// Reads a model document from front to back, whichever of XGBoost's two encodings it is in.
///
/// A reader asks for what it expects next; anything else is an [Unloadable].
interface Cursor {
    /// Goes into the object that comes next.
    void enterObject() throws Unloadable;

    /// Goes to the next member of the object that was entered last; false leaves the object.
    boolean nextMember() throws Unloadable;

    /// The name of the member that [#nextMember] went to.
    String name();

    /// Goes into the array that comes next.
    void enterArray() throws Unloadable;

    /// Goes to the next element of the array that was entered last; false leaves the array.
    boolean nextElement() throws Unloadable;

    String string() throws Unloadable;

    /// The array of numbers that comes next.
    float[] floats() throws Unloadable;

    /// The array of whole numbers (or truth values, as 1 and 0) that comes next.
    int[] ints() throws Unloadable;

    /// Passes over the value that comes next, whatever it is.
    void skip() throws Unloadable;
}
