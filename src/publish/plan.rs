//! What is in a bucket and what should be → the steps between them, in the order in which readers never notice.

use super::Entries;
use crate::hosting;

/// What is to be done.
#[derive(Debug)]
pub struct Plan<'a> {
    /// Objects that are sent; those of one step at the same time.
    pub steps: Vec<Step<'a>>,
    /// Objects that are removed at the end.
    pub removed: Vec<&'a str>,
    /// Objects that stay as they are.
    pub unchanged: usize,
}

/// Objects that may be sent in any order.
#[derive(Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// Their paths, sorted.
    pub paths: Vec<&'a str>,
}

/// Groups of objects, each of which may only refer to those before it.
const RANKS: usize = 4;

impl<'a> Plan<'a> {
    /// The plan that makes `local` out of what is `known` of the bucket.
    pub fn new(known: &'a Entries, local: &'a Entries) -> Self {
        let mut steps: Vec<Vec<&str>> = vec![Vec::new(); RANKS * 2];
        let mut unchanged = 0;
        for (path, entry) in local {
            match known.get(path) {
                Some(there) if there == entry => unchanged += 1,
                // What is new is seen by nobody until something that is there refers to it.
                None => steps[rank(path)].push(path),
                Some(_) => steps[RANKS + rank(path)].push(path),
            }
        }
        let steps = steps.into_iter().filter(|paths| !paths.is_empty()).map(|paths| Step { paths }).collect();
        let removed = known.keys().filter(|path| !local.contains_key(*path)).map(|path| &**path).collect();
        Self { steps, removed, unchanged }
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.removed.is_empty()
    }
}

/// When an object has its turn: what pages load, pages, what leads to many pages, the entries to all of them.
fn rank(path: &str) -> usize {
    let of = path.strip_suffix(".gz").or_else(|| path.strip_suffix(".br")).unwrap_or(path);
    match of {
        "index.html" | "search/index.json" => 3,
        _ if hosting::is_hashed(of) => 0,
        _ if of.ends_with(".html") => 1,
        "robots.txt" | "atom.xml" | "_redirects" | "_headers" => 2,
        _ if of.starts_with("sitemap") || of.ends_with("/atom.xml") || of.starts_with("_host/") => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Entry;

    fn entries(files: &[(&str, &str)]) -> Entries {
        files.iter().map(|(path, text)| ((*path).into(), Entry::of(text.as_bytes()))).collect()
    }

    #[test]
    fn what_is_referred_to_comes_first_and_only_differences_are_sent() {
        let known = entries(&[("index.html", "1"), ("a/index.html", "1"), ("same.txt", "1"), ("old/index.html", "1")]);
        let local = entries(&[
            ("index.html", "2"),
            ("a/index.html", "2"),
            ("same.txt", "1"),
            ("new/index.html", "1"),
            ("new/picture.png", "1"),
            ("search/index.json", "2"),
            ("search/s/aabbcc.bin", "2"),
            ("sitemap.xml", "2"),
        ]);
        let plan = Plan::new(&known, &local);
        let steps: Vec<&[&str]> = plan.steps.iter().map(|step| step.paths.as_slice()).collect();
        let expected: [&[&str]; 6] = [
            &["new/picture.png", "search/s/aabbcc.bin"],
            &["new/index.html"],
            &["sitemap.xml"],
            &["search/index.json"],
            &["a/index.html"],
            &["index.html"],
        ];
        assert_eq!(steps, expected);
        assert_eq!((plan.removed.as_slice(), plan.unchanged), (["old/index.html"].as_slice(), 1));
    }
}
