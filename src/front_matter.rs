//! YAML front matter → [`FrontMatter`].

/// What stands between the `---` lines, typed.
#[derive(Debug, Default)]
pub struct FrontMatter {}
