//! The applies-to block → a tree of entries, each with its product and its versions told apart.

use super::line::lines;
use super::segment::Segments;
use crate::article::AppliesTo;

/// How deep entries nest; deeper ones are children of the deepest.
const DEPTH: usize = 8;

/// The entries of the applies-to block, nested as their bullets stand.
pub fn applies_to(text: &str, segments: &Segments) -> Box<[AppliesTo]> {
    let mut flat = Vec::new();
    let block = lines(text, segments.applies_to, segments.tabbed).texts();
    // The first rule and the phrase, and the last rule, are not entries.
    for line in block.skip(2) {
        let entry = line.trim_ascii_start();
        if entry.is_empty() || entry.bytes().all(|b| b == b'-') && entry.len() > 1 {
            continue;
        }
        let column = line.len() - entry.len();
        flat.push((column, entry.strip_prefix('-').unwrap_or(entry).trim_ascii()));
    }
    let mut flat = flat.into_iter().peekable();
    let mut tree = Vec::new();
    while flat.peek().is_some() {
        tree.append(&mut children(&mut flat, 0, DEPTH));
    }
    tree.into()
}

/// Takes the entries that stand at `column` or further in, with what is nested below each.
fn children<'a>(
    flat: &mut std::iter::Peekable<impl Iterator<Item = (usize, &'a str)>>,
    column: usize,
    depth: usize,
) -> Vec<AppliesTo> {
    let mut entries: Vec<AppliesTo> = Vec::new();
    while let Some(&(at, text)) = flat.peek() {
        if at < column {
            break;
        }
        flat.next();
        let mut entry = AppliesTo { text: text.into(), ..AppliesTo::default() };
        let deeper = flat.peek().map_or(0, |(next, _)| *next);
        if deeper > at && depth > 0 {
            entry.children = children(flat, deeper, depth - 1).into();
        }
        entries.push(entry);
    }
    entries
}

/// The product and the versions that an entry names, without "Microsoft" and "the operating system":
/// `Microsoft Windows NT Server version 4.0, Terminal Server Edition` → `Windows NT Server, Terminal Server Edition` and `4.0`.
pub fn product_and_versions(text: &str) -> (String, Vec<String>) {
    let text = plain_name(text);
    let found = [" versions ", " version "].iter().find_map(|word| text.split_once(word));
    let Some((product, list)) = found else { return (text.to_owned(), Vec::new()) };
    let mut product = product.trim_end_matches([',', ' ']).to_owned();
    let mut versions: Vec<String> = Vec::new();
    let mut list = list.trim_ascii();
    while !list.is_empty() {
        let (item, rest) = next_item(list);
        if !item.as_bytes().first().is_some_and(u8::is_ascii_digit) {
            break;
        }
        let (version, qualifier) = [" for ", " on ", " of ", " with "]
            .iter()
            .filter_map(|word| item.find(word))
            .min()
            .map_or((item, ""), |at| item.split_at(at));
        if !versions.iter().any(|known| known == version) {
            versions.push(version.to_owned());
        }
        product.push_str(qualifier);
        list = rest;
    }
    if !list.is_empty() && !versions.is_empty() {
        product.push_str(", ");
        product.push_str(list);
    }
    if versions.is_empty() { (text.to_owned(), versions) } else { (product, versions) }
}

/// An entry without what says nothing about the product: `the operating system: Microsoft Windows NT 4.0` → `Windows NT 4.0`.
pub fn plain_name(text: &str) -> &str {
    let text = without_editor_note(text).trim_end_matches(':');
    let text = text.strip_prefix("the operating system").map_or(text, |rest| rest.trim_start_matches([':', ' ']));
    let text = text.strip_prefix("Microsoft ").unwrap_or(text).trim_ascii();
    ["included with", "used with", "on platform(s)"]
        .iter()
        .find_map(|end| text.strip_suffix(end))
        .unwrap_or(text)
        .trim_end_matches([',', ' '])
}

/// The first item of a list with commas or `and`, and what follows it.
fn next_item(list: &str) -> (&str, &str) {
    let comma = list.find(',').map(|at| (at, 1));
    let and = list.find(" and ").map(|at| (at, 5));
    let Some((at, len)) = [comma, and].into_iter().flatten().min() else { return (list, "") };
    let rest = list[at + len..].trim_ascii_start();
    (list[..at].trim_ascii_end(), rest.strip_prefix("and ").unwrap_or(rest))
}

/// `*EDITOR Please do not choose this product*Microsoft C* use 241` → `Microsoft C`.
fn without_editor_note(text: &str) -> &str {
    let Some(rest) = text.strip_prefix("*EDITOR") else { return text };
    rest.split('*').nth(1).map_or(text, str::trim_ascii)
}

#[cfg(test)]
mod tests {
    use super::product_and_versions;

    #[test]
    fn products_and_versions_are_told_apart() {
        let cases: [(&str, &str, &[&str]); 9] = [
            ("Microsoft Exchange Server, versions 4.0, 5.0, 5.5", "Exchange Server", &["4.0", "5.0", "5.5"]),
            ("Microsoft Windows NT Server versions 4.0, 4.0 SP4", "Windows NT Server", &["4.0", "4.0 SP4"]),
            (
                "Microsoft Windows NT Server version 4.0, Terminal Server Edition",
                "Windows NT Server, Terminal Server Edition",
                &["4.0"],
            ),
            ("Microsoft QuickBASIC, versions 4.0, 4.5, on platform(s):", "QuickBASIC", &["4.0", "4.5"]),
            ("Microsoft Outlook 98, used with:", "Outlook 98", &[]),
            ("Microsoft Word 97 for Windows", "Word 97 for Windows", &[]),
            ("Microsoft Works, versions 2.0 and 2.0a for MS-DOS", "Works for MS-DOS", &["2.0", "2.0a"]),
            ("the operating system: Microsoft Windows 2000", "Windows 2000", &[]),
            ("*EDITOR Please do not choose this product*Microsoft Visual C++* use 241, 265", "Visual C++", &[]),
        ];
        for (text, product, versions) in cases {
            let (found, list) = product_and_versions(text);
            assert_eq!((found.as_str(), list), (product, versions.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>()));
        }
    }
}
