//! The words of the interface: what a site in another language has to give, and what it gets where it gives nothing.

use std::sync::LazyLock;

use ahash::AHashMap;

/// Name and English text of each word, sorted by name. A site may give its own under `[labels]`.
///
/// Those that begin with `script_` are for the script of every page, those that begin with `search_` for the search. A text in braces
/// stands for what is filled in; see [`fill`].
pub const LABELS: &[(&str, &str)] = &[
    ("about", "About"),
    ("all", "All"),
    ("also", "also written"),
    ("applies_to", "Applies to"),
    ("article", "article"),
    ("articles", "articles"),
    ("back", "Back to the text"),
    ("breadcrumbs", "Breadcrumbs"),
    ("browse", "Browse"),
    ("caution", "Caution"),
    ("citation", "citation"),
    ("citations", "citations"),
    ("code_error", "Error {number}"),
    ("code_event", "Event {number}"),
    ("codes", "Error codes"),
    ("codes_error", "Numbered errors"),
    ("codes_event", "Event IDs"),
    ("codes_hexadecimal", "Hexadecimal values"),
    ("codes_message", "Compiler, linker and tool messages"),
    ("codes_other", "Other codes"),
    ("contents", "On this page"),
    ("dark_mode", "Dark mode"),
    ("date", "{day} {month} {year}"),
    ("edit", "Edit this page"),
    ("feed", "Atom feed"),
    ("fix_fixed", "Fixed"),
    ("fix_under_research", "Under research"),
    ("fix_will_not_fix", "Will not be fixed"),
    ("hardware", "Hardware"),
    ("home", "Home"),
    ("important", "Important"),
    ("inferred", "inferred"),
    ("keywords", "Keywords"),
    ("kind", "Type"),
    ("kind_bug", "Bug"),
    ("kind_how_to", "How-to"),
    ("kind_information", "Information"),
    ("kind_problem", "Problem"),
    ("links", "Links between articles"),
    ("links_cited_about", "Articles that others cite, the most cited first."),
    ("links_dead_ends", "Dead ends"),
    ("links_dead_ends_about", "Articles that others cite and that cite none themselves."),
    ("links_orphans", "Orphans"),
    ("links_orphans_about", "Articles that no other article cites."),
    ("links_redirects", "Redirects"),
    ("links_redirects_about", "Old addresses and where they lead."),
    ("links_wanted", "Wanted articles"),
    ("links_wanted_about", "Articles that others cite and that are not here, the most wanted first."),
    ("llms_lists", "Lists"),
    ("llms_sitemap", "Sitemap"),
    ("llms_text", "The plain text of each is at its address with `index.txt` after it."),
    ("months", "January February March April May June July August September October November December"),
    ("most_cited", "Most cited"),
    ("moved", "This page has moved"),
    ("next", "Next"),
    ("not_found", "There is no page at this address. A search may find what was here."),
    ("not_found_title", "Not found"),
    ("note", "Note"),
    ("notice_deprecated", "This article describes a way that is no longer recommended."),
    ("notice_draft", "This is a draft."),
    ("notice_retired", "This article was retired. It may no longer be true."),
    ("notice_retired_on", "This article was retired on {date}. It may no longer be true."),
    ("notice_review", "This article was due for a review on {date}."),
    ("notice_superseded", "A newer article has taken the place of this one."),
    ("original", "Original text"),
    ("os", "Operating system"),
    ("pages", "Pages"),
    ("previous", "Previous"),
    ("product", "Product"),
    ("query_words", "Additional query words:"),
    ("reason_code", "same error: {what}"),
    ("reason_keyword", "same keyword: {what}"),
    ("reason_reference", "both refer to {what}"),
    ("reason_word", "same word: {what}"),
    ("recent", "Recently modified"),
    ("record", "As written"),
    ("referenced_by", "Referenced by"),
    ("related", "Related articles"),
    ("report", "Report a problem"),
    ("script_close", "Close"),
    ("script_copied", "Copied"),
    ("script_copy", "Copy"),
    ("script_fits", "Applies to what you run"),
    ("script_fits_not", "Not listed for what you run"),
    ("script_keep", "Bookmark"),
    ("script_kept", "Bookmarks"),
    ("script_keys", "/ or Ctrl-K: search · Esc: clear marked words · ?: this help"),
    ("script_markdown", "Copy as Markdown"),
    ("script_more", "Show all or less"),
    ("script_recent", "Recently viewed"),
    ("script_runs", "I run… (Windows NT 4.0)"),
    ("search", "Search"),
    ("search_again", "Try again"),
    ("search_all", "All results for “{query}”"),
    ("search_checked", "{count} of the {checked} best matches with “{query}”"),
    ("search_corrected", "Showing results for “{query}”"),
    ("search_every", "{count} with all words of “{query}”"),
    ("search_hint", "Text, number or error code"),
    ("search_keys", "{count}, use the arrow keys"),
    ("search_list", "Articles found"),
    ("search_mean", "Did you mean {query}?"),
    ("search_more", "More results"),
    ("search_needs_script", "The search needs JavaScript. These lists hold every article:"),
    ("search_nothing", "Nothing found"),
    ("search_nothing_for", "Nothing found for “{query}”"),
    ("search_offline", "The search could not be loaded. Are you offline?"),
    ("search_reload", "The site has changed. Please reload this page."),
    ("search_rest", "{count} more"),
    ("search_runs", "Only what applies to {what}"),
    ("search_some", "No article with all words of “{query}”; {count} with some of them"),
    ("search_try", "Try fewer or other words, check the spelling, remove filters, or browse:"),
    ("search_with", "{count} with “{query}”"),
    ("search_year", "Year"),
    ("sequence", "Neighbours"),
    ("series", "Series"),
    ("site_navigation", "Site"),
    ("skip", "Skip to content"),
    ("source", "Plain text"),
    ("status", "Status"),
    ("table", "Table"),
    ("taxonomy_applies_to", "Applies to"),
    ("taxonomy_keywords", "Keywords"),
    ("taxonomy_numbers", "Article numbers"),
    ("taxonomy_products", "Products"),
    ("taxonomy_tags", "Tags"),
    ("taxonomy_titles", "Titles A–Z"),
    ("taxonomy_types", "Types"),
    ("taxonomy_years", "Years"),
    ("thousands_separator", ","),
    ("tip", "Tip"),
    ("untitled", "Untitled"),
    ("updated", "Updated"),
    ("versions", "Versions"),
    ("wanted", "Cited articles that are not here:"),
    ("wanted_here", "not in this archive"),
    ("warning", "Warning"),
    ("years", "Articles by year"),
];

/// The English text of `name`; `name` itself where there is no such word.
pub fn english(name: &'static str) -> &'static str {
    // Each page asks for some twenty.
    static TEXTS: LazyLock<AHashMap<&str, &str>> = LazyLock::new(|| LABELS.iter().copied().collect());
    TEXTS.get(name).unwrap_or(&name)
}

/// `label` with the values in the places of their names: `on {date}`. A name without a value stands as it is.
pub fn fill(label: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(label.len() + 24);
    let mut rest = label;
    while let Some(open) = rest.find('{') {
        let (before, place) = rest.split_at(open);
        out.push_str(before);
        let known = values.iter().find_map(|(name, value)| Some((value, place[1..].strip_prefix(name)?.strip_prefix('}')?)));
        let (value, after) = known.map_or(("{", &place[1..]), |(value, after)| (*value, after));
        out.push_str(value);
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::{LABELS, english, fill};

    #[test]
    fn the_words_are_sorted() {
        assert!(LABELS.is_sorted_by_key(|(name, _)| name));
        assert_eq!((english("about"), english("years"), english("nonsense")), ("About", "Articles by year", "nonsense"));
    }

    #[test]
    fn only_known_names_are_filled_in() {
        assert_eq!(fill("{day}. {month} {x} {", &[("day", "4"), ("month", "{day}")]), "4. {day} {x} {");
    }
}
