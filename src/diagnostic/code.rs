//! The stable names of all diagnostics, in one place. Each has its article `content/diagnostics/CODE.md`, which `kbpress explain`
//! prints; a test keeps the two lists equal.

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        $($(#[$doc])* pub const $name: &str = $code;)*

        /// Every code, in the order in which the articles are listed.
        pub const ALL: &[&str] = &[$($name),*];
    };
}

codes! {
    /// `site.toml` is not TOML.
    CONFIG_SYNTAX = "config-syntax";
    /// `site.toml` has a key that means nothing.
    CONFIG_UNKNOWN_KEY = "config-unknown-key";
    /// A value of `site.toml` is of another type than its key takes.
    CONFIG_WRONG_TYPE = "config-wrong-type";
    /// `site.toml` lacks a key that has no default.
    CONFIG_MISSING_KEY = "config-missing-key";
    /// A value of `site.toml` has the right type and still cannot be used.
    CONFIG_BAD_VALUE = "config-bad-value";

    /// The front matter is not YAML, or not a mapping.
    FRONT_MATTER_SYNTAX = "front-matter-syntax";
    /// The front matter's closing `---` is missing.
    FRONT_MATTER_UNTERMINATED = "front-matter-unterminated";
    /// The front matter does not begin in the first line.
    FRONT_MATTER_NOT_FIRST = "front-matter-not-first";
    /// The front matter is TOML between `+++` lines.
    FRONT_MATTER_NOT_YAML = "front-matter-not-yaml";
    /// A value of the front matter is of another type than its key takes.
    FRONT_MATTER_WRONG_TYPE = "front-matter-wrong-type";
    /// A key of the front matter looks like a slip of a known one.
    FRONT_MATTER_UNKNOWN_KEY = "front-matter-unknown-key";
    /// A key of the front matter, or two names of one, is given twice.
    FRONT_MATTER_DUPLICATE_KEY = "front-matter-duplicate-key";
    /// A date of the front matter cannot be read.
    FRONT_MATTER_BAD_DATE = "front-matter-bad-date";
    /// A value of the front matter has the right type and still cannot be used.
    FRONT_MATTER_BAD_VALUE = "front-matter-bad-value";
    /// The front matter is not what a `[[schema]]` of `site.toml` asks for.
    FRONT_MATTER_SCHEMA = "front-matter-schema";
    /// The front matter is larger, deeper or more repetitive than allowed.
    FRONT_MATTER_LIMIT = "front-matter-limit";

    /// A file is not UTF-8.
    NOT_UTF8 = "not-utf8";
    /// A file or folder cannot be read while the site is previewed; a build ends there and then.
    UNREADABLE = "unreadable";
    /// Something in the content is neither a file nor a folder.
    UNSUPPORTED_FILE = "unsupported-file";
    /// A file's name cannot exist on every system.
    FILE_NAME = "file-name";

    /// Two sources make the same file of the site.
    PATH_COLLISION = "path-collision";
    /// A permalink, slug or alias cannot be a path of the site.
    BAD_PERMALINK = "bad-permalink";
    /// Redirects lead back to where they began.
    REDIRECT_LOOP = "redirect-loop";
    /// Two articles have the same number.
    DUPLICATE_NUMBER = "duplicate-number";

    /// A link leads to no page of the site.
    DEAD_LINK = "dead-link";
    /// A link leads to a page that has no such heading.
    DEAD_ANCHOR = "dead-anchor";
    /// An image or another file that a page uses does not exist.
    MISSING_ASSET = "missing-asset";
    /// An article number in the text has no article here.
    UNRESOLVED_REFERENCE = "unresolved-reference";
    /// `related` or `superseded_by` names an article that is not there.
    UNKNOWN_TARGET = "unknown-target";
    /// An active article sends its readers to a retired one.
    RETIRED_REFERENCE = "retired-reference";
    /// No page leads to an article.
    ORPHAN = "orphan";
    /// A link to another site leads nowhere.
    DEAD_EXTERNAL_LINK = "dead-external-link";
    /// A link to another site leads to a page that has moved for good.
    MOVED_EXTERNAL_LINK = "moved-external-link";

    /// An article has no title of its own.
    NO_TITLE = "no-title";
    /// An article has no text.
    EMPTY_ARTICLE = "empty-article";
    /// The header of a plain-text article contradicts the rest of its file.
    KB_HEADER = "kb-header";
    /// Raw HTML in Markdown is shown as text.
    RAW_HTML = "raw-html";
    /// Markdown nests deeper than allowed.
    DEEP_NESTING = "deep-nesting";
    /// The language of a code block is not known to the highlighter.
    UNKNOWN_LANGUAGE = "unknown-language";
    /// An article is larger than allowed.
    ARTICLE_LIMIT = "article-limit";

    /// Two articles have the same title.
    DUPLICATE_TITLE = "duplicate-title";
    /// Two articles say the same in almost the same words.
    NEAR_DUPLICATE = "near-duplicate";
    /// A title is too long to be read in a list.
    LONG_TITLE = "long-title";
    /// The series in a title contradicts the type of the article.
    TITLE_SERIES = "title-series";
    /// An article about a problem says nothing about its resolution.
    NO_RESOLUTION = "no-resolution";
    /// The symptoms speak of an error message without quoting it.
    NO_ERROR_TEXT = "no-error-text";
    /// The day on which an article was to be reviewed has passed.
    REVIEW_DUE = "review-due";

    /// A template cannot be parsed.
    TEMPLATE_SYNTAX = "template-syntax";
    /// A template fails on a page.
    TEMPLATE_RENDER = "template-render";
    /// A page asks for a template that does not exist.
    TEMPLATE_MISSING = "template-missing";

    /// The output directory must not be written to.
    OUTPUT_REFUSED = "output-refused";
    /// A file that kbpress did not write is in the way.
    FOREIGN_FILE = "foreign-file";
    /// The host of the site would not take it.
    HOST_LIMIT = "host-limit";
    /// A file of the published site is gone.
    OUTPUT_MISSING = "output-missing";
    /// A file of the published site is not as it was written.
    OUTPUT_ALTERED = "output-altered";
    /// The output has a file that kbpress did not write.
    OUTPUT_EXTRA = "output-extra";
    /// A build was ended while it changed the published site.
    OUTPUT_UNFINISHED = "output-unfinished";

    /// Something in an imported file has no counterpart here.
    IMPORT_UNMAPPED = "import-unmapped";
    /// A file to import cannot be imported.
    IMPORT_REFUSED = "import-refused";
}
