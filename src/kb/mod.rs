//! The old plain-text KB form: what the header, the applies-to block, the body and the trailer of such a text are, where they are, and
//! the body as events. The parser never fails and never changes a character.

/// Where the parts of a KB text are, as byte ranges of the source file.
#[derive(Debug)]
pub struct Segments {}
