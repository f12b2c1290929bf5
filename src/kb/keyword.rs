//! A keyword or technology tag → what a reader sees of it. The tags themselves stay as they are.

use std::borrow::Cow;

/// General tags with a name that says what they mean, in the order of the lower-case tag.
const LABELS: [(&str, &str); 62] = [
    ("kb3rdparty", "Third-party products"),
    ("kbapi", "API"),
    ("kbappnote", "Application note"),
    ("kbbuglist", "Bug list"),
    ("kbcode", "Code"),
    ("kbcodesnippet", "Code snippet"),
    ("kbcompatibility", "Compatibility"),
    ("kbcomponent", "Components"),
    ("kbctrl", "Controls"),
    ("kbdatabase", "Databases"),
    ("kbdcom", "DCOM"),
    ("kbdebug", "Debugging"),
    ("kbdisplay", "Display"),
    ("kbdocerr", "Documentation error"),
    ("kbdocfix", "Documentation fixed"),
    ("kbdownload", "Download"),
    ("kbenable", "Enabling"),
    ("kbenv", "Environment"),
    ("kberrmsg", "Error message"),
    ("kbfaq", "Frequently asked"),
    ("kbfasttip", "Tip"),
    ("kbfile", "Download"),
    ("kbfixlist", "Fix list"),
    ("kbfont", "Fonts"),
    ("kbgraphic", "Graphics"),
    ("kbgraphxlink", "Graphics links"),
    ("kbhw", "Hardware"),
    ("kbide", "IDE"),
    ("kbinterop", "Interoperability"),
    ("kbmacro", "Macros"),
    ("kbmacroexample", "Macro example"),
    ("kbmail", "Mail"),
    ("kbmm", "Multimedia"),
    ("kbmsg", "Messages"),
    ("kbnetwork", "Networking"),
    ("kbole", "OLE"),
    ("kboswin2000", "Windows 2000"),
    ("kboswin2000bug", "Windows 2000 bug"),
    ("kboswin95", "Windows 95"),
    ("kboswin98", "Windows 98"),
    ("kboswinnt", "Windows NT"),
    ("kbother", "Other"),
    ("kbpolicy", "Policies"),
    ("kbprb", "Problem"),
    ("kbprg", "Programming"),
    ("kbprint", "Printing"),
    ("kbprinting", "Printing"),
    ("kbprogramming", "Programming"),
    ("kbreadme", "Readme"),
    ("kbref", "Reference"),
    ("kbsample", "Sample"),
    ("kbsdk", "SDK"),
    ("kbsecurity", "Security"),
    ("kbservicepack", "Service pack"),
    ("kbsetup", "Setup"),
    ("kbsound", "Sound"),
    ("kbtool", "Tools"),
    ("kbtshoot", "Troubleshooting"),
    ("kbui", "User interface"),
    ("kbusage", "Usage"),
    ("kbwizard", "Wizards"),
    ("kbwndw", "Windows and menus"),
];

/// Beginnings, in lower case, of tags that only said who was to look after an article.
const HIDDEN: [&str; 8] = ["kbgrp", "kbdsupport", "kbnokeyword", "kbnoupdate", "_ik", "kbznotkeyword", "kbauddeveloper", "kbchack"];

/// What to call `keyword`: a name in plain words where there is one, else the tag as written; `None` for a tag that means nothing to
/// readers.
pub fn keyword_label(keyword: &str) -> Option<Cow<'_, str>> {
    let lower = keyword.to_ascii_lowercase();
    let is_support_number =
        lower.starts_with("sr#") || lower.strip_prefix("tar").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    if HIDDEN.iter().any(|start| lower.starts_with(start)) || lower.ends_with("search") || lower == "enduser" || is_support_number {
        return None;
    }
    match LABELS.binary_search_by_key(&lower.as_str(), |(tag, _)| tag) {
        Ok(index) => Some(Cow::Borrowed(LABELS[index].1)),
        Err(_) => Some(Cow::Borrowed(keyword)),
    }
}

#[cfg(test)]
mod tests {
    use super::{LABELS, keyword_label};

    #[test]
    fn labels_are_sorted_and_owner_tags_are_hidden() {
        assert!(LABELS.is_sorted_by_key(|(tag, _)| *tag));
        assert_eq!(keyword_label("kbErrMsg").as_deref(), Some("Error message"));
        assert_eq!(keyword_label("exc55sp3").as_deref(), Some("exc55sp3"));
        for tag in ["kbGrpDSVB", "kbZNotKeyword3", "kbWinNTsearch", "TAR55548", "_IKkbbogus"] {
            assert_eq!(keyword_label(tag), None, "{tag}");
        }
    }
}
