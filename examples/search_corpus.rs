//! Builds the search index of a folder of KB texts by itself, into a site that has nothing else: for measuring the index and its ranking.
//!
//!     KBPRESS_CORPUS=content/kb cargo run --release --example search_corpus SITE

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use kbpress::search::{Document, Index, Options, numbers};
use rayon::prelude::*;

#[derive(Default)]
struct Article {
    id: String,
    url: String,
    title: String,
    product: String,
    kind: &'static str,
    year: u16,
    applies_to: Vec<String>,
    query_words: String,
    lead: String,
    body: String,
    meta: String,
    text: String,
}

fn main() {
    let corpus = PathBuf::from(std::env::var("KBPRESS_CORPUS").expect("KBPRESS_CORPUS names a folder of articles"));
    let site = PathBuf::from(std::env::args().nth(1).expect("the site folder is the first argument"));
    let mut paths: Vec<PathBuf> = Vec::new();
    for bucket in std::fs::read_dir(&corpus).unwrap() {
        let bucket = bucket.unwrap().path();
        if bucket.is_dir() {
            paths.extend(std::fs::read_dir(&bucket).unwrap().map(|entry| entry.unwrap().path().join("README.md")));
        }
    }
    paths.sort();
    let articles: Vec<Article> = paths.par_iter().map(|path| parse(&std::fs::read_to_string(path).unwrap())).collect();
    let mut cited: HashMap<&str, u32> = HashMap::new();
    for article in &articles {
        for word in article.text.split(|c: char| !c.is_ascii_alphanumeric()) {
            if word.len() > 5 && word.starts_with('Q') && word[1..].bytes().all(|b| b.is_ascii_digit()) {
                *cited.entry(word).or_default() += 1;
            }
        }
    }
    let number = |article: &Article| article.id.trim_start_matches('Q').parse().ok();
    let keys: Vec<(&str, Option<u32>, &str)> = articles.iter().map(|a| (&*a.product, number(a), &*a.url)).collect();
    let numbers = numbers(&keys);
    let (before, cpu, began) = (peak(), cpu(), Instant::now());
    let index = Index::new(Options::default());
    articles.par_iter().zip(&numbers).for_each(|(a, &number)| {
        let applies_to: Vec<&str> = a.applies_to.iter().map(String::as_str).collect();
        let cited = cited.get(&*a.id).copied().unwrap_or(0);
        index.add(
            number,
            &Document {
                origin: 0,
                url: &a.url,
                title: &a.title,
                id: &a.id,
                product: &a.product,
                kind: a.kind,
                year: a.year,
                applies_to: &applies_to,
                query_words: &a.query_words,
                lead: &a.lead,
                body: &a.body,
                meta: &a.meta,
                codes: &[],
                boost: 1.0,
                retired: false,
                cited,
            },
        );
    });
    let added = began.elapsed();
    let outputs = index.outputs();
    println!("{:?}", outputs.summary);
    println!("add {added:.2?}, all {:.2?}, cpu {:.2} s, peak +{} MB", began.elapsed(), self::cpu() - cpu, (peak() - before) / 1024);
    let mut kinds: HashMap<&str, (usize, usize)> = HashMap::new();
    for (path, bytes) in &outputs.files {
        let kind = kinds.entry(path.rsplit_once('/').unwrap().0).or_default();
        *kind = (kind.0 + 1, kind.1 + bytes.len());
        write(&site.join(path), bytes);
        if path.contains("root") {
            println!("root {}", bytes.len());
        }
    }
    println!("{kinds:?}");
    if !std::env::args().any(|argument| argument == "--index-only") {
        articles.par_iter().for_each(|a| {
            let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
            let html = format!(
                "<!doctype html><title>{0}</title><main><h1>{0}</h1><pre>{1}</pre></main>",
                escape(&a.title),
                escape(&a.text)
            );
            write(&site.join(&a.url).join("index.html"), html.as_bytes());
        });
    }
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

fn decode(title: &str) -> String {
    let mut title = title.to_owned();
    for (from, to) in [
        ("&quot;", "\""),
        ("&gt;", ">"),
        ("&lt;", "<"),
        ("&#92;", "\\"),
        ("&#91;", "["),
        ("&#93;", "]"),
        ("&#36;", "$"),
        ("&#42;", "*"),
        ("&#95;", "_"),
        ("&#124;", "|"),
        ("&amp;", "&"),
    ] {
        title = title.replace(from, to);
    }
    title
}

fn parse(file: &str) -> Article {
    let mut a = Article::default();
    let field = |name: &str| file.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim();
    let title = decode(field("title: ").trim_matches('"'));
    let (id, title) = title.split_once(": ").unwrap_or(("", &title));
    (a.id, a.title) = (id.to_owned(), title.to_owned());
    a.url = field("permalink: ").trim_start_matches('/').to_owned();
    let lines: Vec<&str> = file.lines().filter_map(|line| line.strip_prefix('\t')).collect();
    let header = |name: &str| {
        lines.iter().take(8).find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().trim_start_matches(':').trim()
    };
    a.product = header("Product(s)").to_owned();
    a.year = header("Last Modified").rsplit('-').next().and_then(|year| year.parse().ok()).unwrap_or(0);
    a.meta = format!("{}\n{}\n{}\n", a.product, header("Version(s)"), header("Operating System(s)"));
    let rule = |line: &str, of: char| line.len() >= 60 && line.chars().all(|c| c == of);
    let mut end = lines.len();
    if let Some(last) = lines.iter().rposition(|line| line.len() == 77 && rule(line, '=')) {
        if let Some(start) = lines[..last].iter().rposition(|line| line.len() == 70 && rule(line, '=')) {
            for line in &lines[start..last] {
                let Some((name, value)) = line.split_once(':') else { continue };
                match name.trim() {
                    "Keywords" | "Technology" => a.meta += &format!("{}\n", value),
                    "Issue type" => {
                        a.kind = if value.contains("kbbug") {
                            "bug"
                        } else if value.contains("kbprb") {
                            "problem"
                        } else if value.contains("kbhowto") {
                            "how-to"
                        } else if value.contains("kbinfo") {
                            "information"
                        } else {
                            ""
                        }
                    }
                    _ => {}
                }
            }
            end = start;
        }
    } else {
        a.meta += header("Keyword(s)");
    }
    let mut at = 6.min(end);
    if let Some(applies) =
        lines[..end].iter().take(30).position(|line| line.starts_with("The information in this article applies to"))
    {
        let close = lines[applies..end].iter().position(|line| rule(line, '-')).map_or(applies + 1, |i| applies + i);
        for line in &lines[applies + 1..close] {
            a.meta += &format!("{}\n", line.trim());
            let name = line.trim().trim_start_matches("- ");
            let name = name.split(", version").next().unwrap_or(name);
            if !name.is_empty() {
                a.applies_to.push(name.to_owned());
            }
        }
        at = close + 1;
    }
    let mut section = "";
    let mut in_query_words = false;
    for i in at..end {
        let line = lines[i];
        let underline = |i: usize| i < end && lines[i].len() > 2 && lines[i].chars().all(|c| c == '=');
        if underline(i) {
            continue;
        }
        if underline(i + 1) {
            section = line;
            continue;
        }
        if let Some(words) = line.strip_prefix("Additional query words:") {
            in_query_words = true;
            a.query_words += words;
        } else if in_query_words {
            a.query_words += &format!(" {line}");
        } else {
            let to = if matches!(section, "SYMPTOMS" | "SYMPTOM" | "SUMMARY") { &mut a.lead } else { &mut a.body };
            *to += line;
            *to += "\n";
        }
    }
    if a.lead.is_empty() {
        let cut = a.body.find("\n\n\n").unwrap_or(a.body.len().min(600));
        let cut = (0..=cut.min(1200)).rev().find(|&i| a.body.is_char_boundary(i)).unwrap_or(0);
        a.lead = a.body[..cut].to_owned();
        a.body.drain(..cut);
    }
    a.text = lines.join("\n");
    a
}
