use std::sync::Arc;

use super::{
    BodyFormat, Config, Encoding, Host, Level, Limits, Override, Packing, RawHtml, Redirects, Retired, Source, Superseded,
    environment, parse,
};
use crate::diagnostic::Diagnostic;
use crate::source::line_column;

fn read(text: &str) -> (Config, Vec<Diagnostic>) {
    parse(&Arc::from("site.toml"), text, &[])
}

/// `code line:column` of every problem.
fn problems(text: &str) -> Vec<String> {
    let place = |d: &Diagnostic| {
        let at = line_column(text, d.location.as_ref().map_or(0, |l| l.span.start as usize));
        format!("{} {}:{}", d.code, at.line, at.column)
    };
    read(text).1.iter().map(place).collect()
}

#[test]
fn only_the_base_url_is_required() {
    let (config, problems) = read("base_url = \"https://example.org/kb\"");
    assert_eq!(problems, []);
    assert_eq!(config.base_url.join("a/"), "https://example.org/kb/a/");
    assert_eq!((config.output_dir.as_str(), config.content_dir.as_str(), config.language.as_str()), ("public", "content", "en"));
    assert_eq!(config.markdown.raw_html, RawHtml::Escape);
    assert_eq!(config.articles.encoding_fallback, None);
    let names: Vec<&str> = config.taxonomies.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["products", "types", "keywords", "applies-to", "years", "numbers", "titles", "tags"]);
}

#[test]
fn every_key_is_read() {
    let (config, problems) = read(include_str!("all_keys.toml"));
    assert_eq!(problems, []);
    assert_eq!(config.title, "The old articles");
    assert_eq!(config.content_dir, "/srv/kbarchive");
    assert_eq!(config.extra_css[0].value, "house.css");
    assert!(config.ignored_content.matches("docs/a/b.md") && config.ignored_content.matches("x.tmp"));
    assert!(!config.ignored_content.matches("kb/docs/b.md") && !config.ignored_content.matches("a/x.tmp"));
    assert!(config.build.drafts && config.build.strict && !config.build.future);
    assert!(config.markdown.smart_punctuation && !config.markdown.highlight);
    assert_eq!((config.articles.format, config.articles.references), (BodyFormat::KbText, false));
    assert_eq!(config.articles.encoding_fallback, Some(Encoding::Windows1252));
    assert_eq!(config.taxonomies[0].source, Source::Products);
    assert_eq!((config.taxonomies[1].title.as_str(), config.taxonomies[1].paginate_by), ("Teams", 20));
    assert_eq!(config.taxonomies[1].source, Source::Key("team".into()));
    assert_eq!(config.front_matter_keys(), ["products", "teams", "team"]);
    assert_eq!(config.search.synonyms, [["bsod", "blue screen"]]);
    assert!(config.search.exclude.matches("about/x.md"));
    assert!((config.search.boost[0].1 - 0.5).abs() < 1e-6);
    assert_eq!(config.feeds.limit, 20);
    assert!(!config.sitemap);
    assert_eq!(config.links["dead-link"], Level::Warning);
    let publish = &config.publish;
    assert_eq!((publish.host, publish.redirects), (Some(Host::CloudflarePages), Redirects::Pages));
    assert_eq!((publish.retired, publish.superseded), (Retired::Page, Superseded::Page));
    assert_eq!((publish.compress.as_slice(), publish.compress_from), ([Packing::Brotli, Packing::Gzip].as_slice(), 500));
    assert_eq!(publish.limits, Limits { files: Some(100_000), file_size: Some(1000), total_size: Some(2_000_000) });
    assert_eq!(publish.bucket.as_ref().map(|bucket| bucket.value.as_str()), Some("s3://docs/kb"));
    assert_eq!(config.nav[0].url.value, "/products/");
    assert_eq!(config.redirects[0].1.value, "/kb/164/Q164177/");
    assert_eq!(serde_json::to_string(&config.extra).unwrap(), r#"{"built":"2024-01-02","depth":{"n":[1,2.5,true]}}"#);
}

#[test]
fn all_problems_are_found_at_once_each_at_its_place() {
    let text = "base_ulr = \"x\"\ntitle = 3\n[markdown]\nraw_html = \"sanitize\"\nhighlite = true\n[feeds]\nlimit = 0\n";
    assert_eq!(
        problems(text),
        [
            "config-unknown-key 1:1",
            "config-wrong-type 2:9",
            "config-bad-value 4:12",
            "config-unknown-key 5:1",
            "config-bad-value 7:9"
        ]
    );
}

#[test]
fn the_environment_and_the_flag_win_over_the_file_in_this_order() {
    let variables = [("KBPRESS_BASE_URL", "https://env/"), ("KBPRESS_TITLE", "T"), ("KBPRESS_TITEL", "x"), ("HOME", "/")];
    let (mut overrides, warnings) = environment(variables.map(|(k, v)| (k.to_owned(), v.to_owned())));
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].help.as_deref(), Some("did you mean `KBPRESS_TITLE`?"));
    overrides.push(Override { key: "base_url", value: "https://flag/x".into(), origin: "--base-url".into() });
    let (config, problems) = parse(&Arc::from("site.toml"), "title = \"file\"", &overrides);
    assert_eq!(problems, []);
    assert_eq!((config.base_url.join(""), config.title), ("https://flag/x/".to_owned(), "T".to_owned()));
}

#[test]
fn a_bad_value_from_outside_names_where_it_comes_from() {
    let over = Override { key: "base_url", value: "ftp://x".into(), origin: "--base-url".into() };
    let (_, problems) = parse(&Arc::from("site.toml"), "", &[over]);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].message, "`ftp://x` of `--base-url` is neither `http://` nor `https://`");
    assert_eq!(problems[0].location, None);
}

#[test]
fn mutated_files_never_panic_and_every_span_lies_in_the_text() {
    let seed = include_str!("all_keys.toml");
    crate::testing::mutations(seed, 2_000, |text| {
        let (_, problems) = read(text);
        for problem in problems {
            let span = problem.location.map(|l| l.span.range()).unwrap_or_default();
            assert!(span.start <= span.end && span.end <= text.len(), "{span:?} of {}", text.len());
        }
    });
}
