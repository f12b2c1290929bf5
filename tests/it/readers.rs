//! What readers find around the articles: error codes, links, words in another language, ways out.

use crate::support::{TestSite, kb_text};

fn site(config: &str) -> TestSite {
    let site = TestSite::new("");
    site.write("site.toml", format!("base_url = \"https://kb.example.org/a/\"\ntitle = \"T\"\n{config}"));
    let crash =
        "SYMPTOMS\n========\n\nThe server stops with 0xC0000005 (STATUS_ACCESS_VIOLATION). See Q100002.\n\nEvent ID: 2410\n";
    site.write("content/kb/100/Q100001/README.md", kb_text(100_001, "A crash", crash));
    let linker = "SYMPTOMS\n========\n\nThe linker says LNK2001 when the server is built as Q100003 describes it, and stops.\n";
    site.write("content/kb/100/Q100002/README.md", kb_text(100_002, "A symbol", linker));
    site
}

#[test]
fn a_code_leads_to_its_articles_and_back() {
    let site = site("");
    let built = site.build().exits(0);
    let group = built.file("codes/0xC000/index.html");
    for part in [
        "<section id=\"0xC0000005\">",
        "<small>STATUS_ACCESS_VIOLATION</small>",
        "<span>3221225477</span>",
        "<span>-1073741819</span>",
        "href=\"/a/kb/100/Q100001/\"",
        "The server stops with 0xC0000005 (STATUS_ACCESS_VIOLATION).",
    ] {
        assert!(group.contains(part), "{part} is not in {group}");
    }
    assert!(built.file("codes/event/2xxx/index.html").contains("id=\"event-2410\""));
    assert!(built.file("codes/lnk/2xxx/index.html").contains("id=\"lnk2001\""));
    assert!(built.file("codes/index.html").contains("href=\"/a/codes/0xC000/\""));
    assert!(built.file("kb/100/Q100001/index.html").contains("href=\"/a/codes/0xC000/#0xC0000005\""));
    assert!(built.file("index.html").contains("href=\"/a/codes/\""));
}

#[test]
fn lists_of_links_say_what_is_wanted_and_by_whom() {
    let site = site("");
    let built = site.build().exits(0);
    let wanted = built.file("links/wanted/index.html");
    assert!(wanted.contains("Q100003") && wanted.contains("href=\"/a/kb/100/Q100002/\""), "{wanted}");
    assert!(built.file("links/orphans/index.html").contains("/kb/100/Q100001/"));
    assert!(built.file("links/dead-ends/index.html").contains("/kb/100/Q100002/"));
    assert!(built.file("links/most-cited/index.html").contains("1 citation"));
    let cited = built.file("kb/100/Q100002/index.html");
    assert!(cited.contains("Referenced by"), "{cited}");
}

#[test]
fn terms_with_one_initial_stand_under_one_heading() {
    let mut tags: Vec<String> = ["_getfillmask", "gamma", "0%", "8514A", "(zeta)", "zebra", "Gnome", "…"].map(str::to_owned).into();
    tags.extend((0..80).map(|number| format!("tag {number}")));
    let site = site("");
    site.write("content/a.md", format!("---\ntags: {tags:?}\n---\n# A\n"));
    let list = site.build().exits(0).file("tags/index.html").to_owned();
    let headings: Vec<&str> = list.split("<h2").skip(1).filter_map(|rest| rest.split(['>', '<']).nth(1)).collect();
    assert_eq!(headings, ["0–9", "G", "T", "Z"]);
}

#[test]
fn ranges_of_numbers_say_which_numbers_they_hold_and_stand_in_their_order() {
    let site = site("");
    for number in [9_999, 11_085, 99_500] {
        site.write(&format!("content/kb/Q{number}.md"), kb_text(number, "A", "SUMMARY\n=======\n\nText.\n"));
    }
    let built = site.build().exits(0);
    let list = built.file("numbers/index.html");
    let titles: Vec<&str> = list.split("<span>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    assert_eq!(titles, ["Q9000 – Q9999", "Q11000 – Q11999", "Q99000 – Q99999", "Q100000 – Q100999"]);
    assert!(built.file("numbers/q011/index.html").contains("<h1>Q11000 – Q11999</h1>"));
}

#[test]
fn who_finds_nothing_is_led_to_every_list() {
    let built = site("").build().exits(0);
    for page in ["404.html", "search/index.html"] {
        for list in ["products", "numbers", "titles", "codes", "links"] {
            assert!(built.file(page).contains(&format!("<a href=\"/a/{list}/\">")), "{list} in {page}");
        }
    }
    // Where no list leads to every article, the navigation does.
    let site = TestSite::new("-- content/guide/a.md --\n# A\n");
    site.write(
        "site.toml",
        "base_url = \"https://example.org/docs/\"\n[[taxonomies]]\nname = \"tags\"\n[[nav]]\ntitle = \"Guide\"\nurl = \"/guide/\"\n[pages]\nlinks = false\n",
    );
    assert!(site.build().exits(0).file("404.html").contains("aria-label=\"Browse\"><a href=\"/docs/guide/\">Guide</a>"));
}

#[test]
fn pages_that_a_site_does_not_want_are_not_made() {
    let site = site("[pages]\ncodes = false\nlinks = false\nllms = false\n");
    let built = site.build().exits(0);
    for path in ["codes/index.html", "links/index.html", "llms.txt", "kb/100/Q100001/index.txt"] {
        assert!(!built.has(path), "{path}");
    }
    assert!(!built.file("kb/100/Q100001/index.html").contains("codes/"));
}

#[test]
fn a_code_is_found_in_each_of_its_spellings() {
    let site = TestSite::new("");
    let codes = ["0xA", "0x80004005", "0xC0000005", "0x1234", "LNK2001", "Event ID: 7023", "error 2410"];
    for (i, code) in codes.iter().enumerate() {
        let number = 100_001 + i as u32;
        let text = format!("SYMPTOMS\n========\n\nThe program stops with {code}.\n");
        site.write(&format!("content/kb/100/Q{number}/README.md"), kb_text(number, "It stops", &text));
    }
    let built = site.build().exits(0);
    let index = built.file("codes/index.html");
    for (i, spellings) in [
        &["0xA", "0x0000000A", "10"][..],
        &["0x80004005", "2147500037", "-2147467259"],
        &["0xC0000005", "3221225477", "-1073741819"],
        &["0x1234", "0x00001234", "4660"],
        &["LNK2001"],
        &["Event 7023"],
        &["Error 2410"],
    ]
    .into_iter()
    .enumerate()
    {
        let article = format!("/kb/100/Q{}/\"", 100_001 + i);
        // From the index to a group, to the code's own place on it, and from there to the article.
        let groups =
            index.split("href=\"/docs/").skip(1).filter_map(|rest| rest.split('"').next()).filter(|url| url.starts_with("codes/"));
        let leads = groups.filter(|url| *url != "codes/").any(|url| {
            let group = built.file(&format!("{url}index.html"));
            let mut sections = group.split("<section ").skip(1);
            sections.any(|section| {
                section.contains(&article) && spellings.iter().all(|spelling| section.contains(&format!(">{spelling}<")))
            })
        });
        assert!(leads, "{spellings:?}");
    }
    assert!(index.contains("0x80000000 – 0x8000FFFF <small>-2147483648 … -2147418113, 2147483648 … 2147549183</small>"), "{index}");
}

#[test]
fn the_parts_of_every_site_are_no_taxonomies() {
    let taxonomy = "[[taxonomies]]\nname = \"codes\"\n";
    site(taxonomy).build().exits(2).says("`/codes/` is a part of every site already");
    let site = site(&format!("{taxonomy}[pages]\ncodes = false\n"));
    assert!(site.build().exits(0).has("codes/lnk2001/index.html"));
}

#[test]
fn lists_of_links_are_data_too() {
    let site = site("[redirects]\n\"/old/\" = \"/kb/100/Q100002/\"\n");
    let list = |flags: &[&str]| site.run(&[&["list", "--format", "csv"], flags].concat()).exits(0).stdout;
    assert!(list(&["--cited"]).contains("Q100002,") && !list(&["--cited"]).contains("Q100001,"));
    assert!(list(&["--dead-ends"]).contains("Q100002,"));
    assert!(list(&["--orphans"]).contains("Q100001,"));
    assert!(list(&["--wanted"]).contains("Q100003,1,"));
    assert_eq!(list(&["--redirects"]), "from,to,file\n/old/,/kb/100/Q100002/,site.toml\n");
}

#[test]
fn words_of_the_interface_are_the_sites_own() {
    let words = "product = \"Produkt\"\nskip = \"Zum Inhalt\"\nsearch = \"Suche\"\nsearch_nothing = \"Nichts\"\nscript_copy = \"Kopieren\"\n\
                 kind_problem = \"Fehler\"\nmonths = \"Januar Februar März April Mai Juni Juli August September Oktober November Dezember\"\n\
                 date = \"{day}. {month} {year}\"\nnotice_deprecated = \"Veraltet.\"\nwarning = \"Achtung\"\n";
    let site = site(&format!("language = \"de\"\n[labels]\n{words}"));
    let page = "---\ntitle: Q100009: Neu\nkinds: problem\ntype: problem\nupdated: 2001-03-04\nstatus: deprecated\n---\n> [!WARNING]\n> Heiß\n";
    site.write("content/neu.md", page.replace("title: Q100009: Neu\nkinds: problem", "title: \"Q100009: Neu\""));
    let built = site.build().exits(0);
    assert!(built.file("index.html").contains(">Zum Inhalt</a>"));
    assert!(built.file("search/index.html").contains("<h1>Suche</h1>"));
    let page = built.file("neu/index.html");
    for part in [">4. März 2001<", ">Veraltet.<", ">Fehler<", ">Achtung<"] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(built.file("types/problem/index.html").contains("<h1>Fehler</h1>"));
    let entry: serde_json::Value = serde_json::from_str(&built.file("search/index.json")).unwrap();
    assert_eq!((&entry["words"]["nothing"], &entry["words"]["product"]), (&"Nichts".into(), &"Produkt".into()));
    let script = page.split("src=\"/a/").find(|rest| rest.starts_with("assets/reader.")).unwrap().split('"').next().unwrap();
    assert!(built.file(script).contains("\"copy\":\"Kopieren\""));
}

#[test]
fn an_unknown_word_is_an_error_that_names_the_nearest() {
    let site = site("[labels]\nserach = \"Suche\"\n");
    site.build().exits(2).says("unknown key `serach` in `[labels]`");
}

#[test]
fn edit_and_report_addresses_are_filled_in() {
    let site = site(
        "edit_url = \"https://git.example.org/edit/{path}\"\nreport_url = \"mailto:kb@example.org?subject={number}%20{title}&body={url}\"\n",
    );
    let built = site.build().exits(0);
    let page = built.file("kb/100/Q100001/index.html");
    assert!(page.contains("href=\"https://git.example.org/edit/content/kb/100/Q100001/README.md\""), "{page}");
    assert!(page.contains("mailto:kb@example.org?subject=Q100001%20"), "{page}");
    assert!(page.contains("body=https%3A%2F%2Fkb.example.org%2Fa%2Fkb%2F100%2FQ100001%2F"), "{page}");
}

#[test]
fn an_address_that_no_article_can_fill_is_an_error() {
    for (line, says) in [
        ("edit_url = \"https://x/{pth}\"", "has `{pth}`, which no article fills in"),
        ("edit_url = \"javascript:alert(1)\"", "begins with `https://`"),
        ("report_url = \"https://x/ y\"", "holds a character"),
    ] {
        site(&format!("{line}\n")).build().exits(2).says(says);
    }
}

#[test]
fn a_plain_text_copy_stands_beside_each_article() {
    let site = site("[pages]\ntext = true\n");
    let built = site.build().exits(0);
    let text = built.file("kb/100/Q100001/index.txt");
    assert!(text.starts_with("Q100001: A crash\n") && text.contains("Event ID: 2410") && !text.contains("raw %}"), "{text}");
    assert!(built.file("kb/100/Q100001/index.html").contains("href=\"/a/kb/100/Q100001/index.txt\""));
    assert!(built.file("llms.txt").contains("https://kb.example.org/a/products/"));
}

#[test]
fn browsers_learn_of_the_search_and_of_the_site() {
    let site = site("");
    let built = site.build().exits(0);
    let search = built.file("opensearch.xml");
    assert!(search.contains("template=\"https://kb.example.org/a/search/?q={searchTerms}\""), "{search}");
    let manifest: serde_json::Value = serde_json::from_str(&built.file("manifest.webmanifest")).unwrap();
    assert_eq!((&manifest["name"], &manifest["start_url"]), (&"T".into(), &"/a/".into()));
    assert!(built.has(manifest["icons"][0]["src"].as_str().unwrap().trim_start_matches("/a/")));
    let home = built.file("index.html");
    assert!(home.contains("opensearch.xml") && home.contains("manifest.webmanifest"), "{home}");
}
