// A site whose content is Greek and whose every label is marked: a Latin word outside of the marks is one that no site can change.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { open } from "./site.mjs";

/** Name and English text of each label. */
const LABELS = [...readFileSync(new URL("../../src/labels.rs", import.meta.url), "utf8").matchAll(/^ {4}\("(\w+)", "(.*)"\),$/gm)].map(([, name, text]) => [name, text]);

/** `⟦name {what is filled in}⟧`, the months one by one. */
const mark = ([name, text]) => {
  if (name === "thousands_separator") return text;
  if (name === "months") return text.split(" ").map(() => `⟦${name}⟧`).join(" ");
  return `⟦${name}${(text.match(/\{\w+\}/g) ?? []).map((place) => ` ${place}`).join("")}⟧`;
};

/** The words of articles and addresses that are no Greek, which no label has. */
const OWN = new Set(["SYMPTOMS", "CAUSE", "EVENT", "ID", "ERROR", "BUG", "any", "path", "old", "kb", "many"]);

/** The end of an article in plain text; `type` and `solution` as archives write them. */
const trailer = ({ words = "ποπ", keywords = "kbΩ1", type = "kbprb", solution = "kbfix" } = {}) => [
  `Additional query words: ${words}`, "", "=".repeat(70), `Keywords          : ${keywords}`, ...type ? [`Issue type        : ${type}`] : [],
  "Hardware          : Χ86", `Solution Type     : ${solution}`, "=".repeat(77),
].map((line) => `\t${line}\n`).join("");

const kbText = (number, fields, ...text) => kbTextEnding(number, "αβγ δεζ", trailer(), fields, ...text);
const kbTextEnding = (number, title, end, fields, ...text) => [`kb/${number}`, `---\ntitle: "Q${number}: ${title}"\npermalink: /kb/Q${number}/\nΩ: x\n---\n\n{% raw %}\n\n\tArticle: Q${number}\n${fields.map((field) => `\t${field}\n`).join("")}\t\n\tSYMPTOMS\n\t========\n\t\n${text.map((line) => `\t${line}\n\t\n`).join("")}${end}{% endraw %}\n`];
const markdown = (name, front, text) => [name, `---\ntitle: "ηθι κλμ ${name.replace(/\D/g, "")}"\n${front}\n---\n${text}\n`];

const ARTICLES = [
  ...Array.from({ length: 14 }, (_, i) => kbText(100001 + i, [`Product(s): Ωμέγα ${"αβγδεζηθικλμνξ"[i]}`, "Version(s): 4.0", "Operating System(s): Ωμ", "Last Modified: 08-JAN-1999", "Keyword(s): kbΩ1"],
    "αβγ 0xC0000005 (STATUS_1_2) νξο.", "EVENT ID: 2410. ERROR 2410. LNK2001.", `Q${100002 + i}, Q100001, Q199999`, i ? "αλφα" : "μονο αλφας")),
  markdown("retired", "type: bug\nupdated: 2001-03-04\nstatus: retired\nretired_on: 2002-03-04\ntags: [πρσ]\nid: 100050\ncodes: [\"φχψ ωωω\"]", "## τυφ\n\nαβγ\n\n## χψω\n\nα[^1]\n\n## ωωω\n\nβ\n\n## ψψψ\n\n[^1]: σημ"),
  markdown("superseded", "type: how-to\nstatus: superseded\nsuperseded_by: Q100001", "> [!NOTE]\n> α\n\n> [!TIP]\n> α\n\n> [!IMPORTANT]\n> α\n\n> [!WARNING]\n> α\n\n> [!CAUTION]\n> α"),
  markdown("deprecated", "type: information\nstatus: deprecated\nupdated: 2000-01-01\napplies_to: [\"Ωμέγα 4.0\"]", `| α | β |\n|---|---|\n| γ | δ |\n\n\`\`\`\n${"α\n".repeat(50)}\`\`\``),
  markdown("reviewed", "reviewed: 2000-01-01\nreview_in: 1 year", "α"),
  markdown("draft", "draft: true", "α"),
  kbTextEnding(100040, "", trailer(), [], "α"),
  // Two and two that have only a keyword, a word or a reference in common; one that is cited and cites nobody; one that nobody cites.
  ...["κκκ", "κκκ", "", "", "", ""].map((keyword, i) => kbTextEnding(100031 + i, ["BUG: πρώτο", "BUG: δεύτερο"][i] ?? `ρρρ ${"αβγδεζ"[i].repeat(3)}`,
    trailer({ words: i === 2 || i === 3 ? "λλλλ" : "", keywords: keyword, type: "", solution: i % 2 ? "kbpending" : "kbnofix" }),
    [], `${"στυφχψ"[i].repeat(4)}.`, i > 3 ? "Q199998" : i === 0 ? "Q100033" : "σσ")),
  // More with one phrase than the search reads to verify it.
  ...Array.from({ length: 40 }, (_, i) => markdown(`many/${i}`, "", `το παράδειγμα είναι ${"α".repeat(i + 1)}`)),
];

/** The default taxonomies, in small parts and with feeds. */
const TAXONOMIES = ["products", "types", "keywords", "applies-to", "years", "numbers", "titles", "tags"].map((name) => `[[taxonomies]]\nname = "${name}"\npaginate_by = 5\nfeed = true\n`).join("");

let folder;
let site;
/** All that was said in this file's tests. */
let seen = "";
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "kbpress-words-"));
  const save = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const labels = LABELS.map((label) => `${label[0]} = ${JSON.stringify(mark(label))}\n`).join("");
  save("site.toml", `base_url = "https://example.org/"\ntitle = "Ω"\nlanguage = "el"\nedit_url = "https://example.org/{path}"\nreport_url = "https://example.org/{url}"\n[feeds]\nenabled = true\n[pages]\ntext = true\n[redirects]\n"/old/" = "/kb/Q100001/"\n${TAXONOMIES}[labels]\n${labels}`);
  for (const [path, text] of ARTICLES) save(`content/${path}.md`, text);
  site = await open(folder, "--drafts");
});
after(async () => {
  await site?.close();
  rmSync(folder, { recursive: true });
});

/** The Latin words of a text that are not inside of marks. */
function unmarked(text) {
  for (let before = ""; before !== text;) [before, text] = [text, text.replace(/⟦[^⟦⟧]*⟧/g, " ")];
  return (text.match(/[\p{L}\p{N}_]+/gu) ?? []).filter((word) => /\p{Script=Latin}{2}/u.test(word) && !/[\d_]/.test(word) && !OWN.has(word));
}

/** All that a page says, to the eye or to the ear, but for what is shown as it was written. */
const said = (page) => page.evaluate(() => {
  const texts = [document.title];
  const walk = (node) => {
    if (node.nodeType === 3) texts.push(node.data);
    if (node.nodeType !== 1 || node.matches("script, style, noscript, .record pre")) return;
    for (const name of ["aria-label", "title", "placeholder", "alt", "aria-description", "data-marker"]) texts.push(node.getAttribute(name) ?? "");
    node.childNodes.forEach(walk);
  };
  walk(document.body);
  return texts.join(" ");
});

test("there are labels, and each is marked once", () => assert.ok(LABELS.length > 100));

test("every page says only what the site or its labels say", async () => {
  const files = readdirSync(site.folder, { recursive: true });
  const pages = files.filter((file) => file.endsWith(".html")).map((file) => file.replace(/index\.html$/, ""));
  assert.ok(pages.length > 40, `${pages.length} pages`);
  const left = {};
  const { page } = await site.visit("");
  const home = page.url();
  for (const path of pages) {
    const html = readFileSync(join(site.folder, path.replace(/\/$|^$/, "/index.html")), "utf8");
    // A redirect is gone before it can be looked at.
    if (html.includes("http-equiv")) {
      seen += html;
      assert.deepEqual(unmarked(html.replace(/<[^>]*>/g, " ")), [], path);
      continue;
    }
    // Of many pages that are alike one is enough.
    if (/^many\/\d+/.test(path) && path !== "many/1/") continue;
    await page.goto(new URL(path, home).href);
    const text = `${await said(page)} ${(html.match(/<noscript>.*?<\/noscript>/gs) ?? []).join(" ").replace(/<[^>]*>/g, " ")}`;
    seen += text;
    if (unmarked(text).length) left[path] = unmarked(text);
  }
  assert.deepEqual(left, {});
});

test("files for other programs say only what the site or its labels say", () => {
  const parts = (text) => text.replace(/^# |\(https?:[^)]*\)|`index\.txt`/gm, "");
  const llms = readFileSync(join(site.folder, "llms.txt"), "utf8");
  seen += llms;
  assert.deepEqual(unmarked(parts(llms)), []);
  const texts = (file) => [...readFileSync(join(site.folder, file), "utf8").matchAll(/<(?:title|name|summary|ShortName|Description)[^>]*>([^<]*)/g)].map(([, text]) => text);
  for (const file of ["atom.xml", "opensearch.xml", "types/problem/atom.xml"]) assert.deepEqual(unmarked(texts(file).join(" ")), [], file);
});

test("the search and the comforts say only what the site or its labels say", async () => {
  const { page } = await site.visit("", { permissions: ["clipboard-read", "clipboard-write"] });
  const left = {};
  const look = async (what) => {
    const text = await said(page);
    seen += text;
    if (unmarked(text).length) left[what] = unmarked(text);
  };
  const go = async (path) => {
    await page.goto(new URL(path, home).href);
    if (path.startsWith("search/")) await page.waitForFunction(() => document.querySelector("main").ariaBusy !== "true" && document.querySelector(".search-summary:not(:empty)"));
  };
  const home = page.url();
  await page.locator("#q").fill("αβγ");
  await page.locator("[role=option]").first().waitFor();
  await look("typing");
  await page.locator("#q").fill("παράδιγμα");
  await page.waitForFunction(() => document.body.innerText.includes("search_corrected"));
  await look("typing with a slip");
  await page.locator("#q").fill("ζζζζζζζ");
  await page.locator(".search-note:not([hidden])").waitFor();
  await look("typing what is not there");
  await go("kb/Q100001/");
  await page.getByRole("button", { name: "⟦script_keep⟧" }).click();
  await page.getByRole("button", { name: "⟦script_markdown⟧" }).click();
  await page.getByRole("button", { name: "⟦script_copied⟧" }).waitFor();
  await page.keyboard.press("?");
  await look("an article with help on keys");
  await page.goto(new URL("deprecated/", home).href);
  await page.locator(".runs input").fill("Ωμέγα 4.0");
  await page.locator(".runs input").press("Enter");
  await page.locator(".runs output:not(:empty)").waitFor();
  await look("an article that fits");
  await page.locator(".runs input").fill("ξξξξ 7");
  await page.locator(".runs input").press("Enter");
  await page.waitForFunction(() => document.querySelector(".runs output").textContent.includes("not"));
  await look("an article that does not fit");
  await page.locator(".runs input").fill("Ωμέγα 4.0");
  await page.locator(".runs input").press("Enter");
  await page.goto(home);
  await look("home with what was kept");
  for (const query of ["αβγ", "αλφας ζζζζζζ", "ζζζζζζζ", '"αβγ δεζ"', "αβγ ξξξξξξξξ", "αλφα μονο", "κλμ", '"το παράδειγμα"', "παράδιγμα"]) {
    await go(`search/?q=${encodeURIComponent(query)}`);
    for (const summary of await page.locator(".search-facets summary").all()) await summary.evaluate((element) => (element.parentNode.open = true));
    await look(`search for ${query}`);
  }
  await go(`search/?q=${encodeURIComponent("αβγ")}&type=problem`);
  await look("a facet that was chosen");
  await page.route(/\.bin$/, (route) => route.abort());
  await page.goto(new URL("search/?q=χψω", home).href);
  await page.locator(".search-note:not([hidden])").waitFor();
  await look("offline");
  await page.unroute(/\.bin$/);
  await page.route(/search\/index\.json/, async (route) => route.fulfill({ json: { ...await (await route.fetch()).json(), format: 0 } }));
  await page.goto(new URL("search/?q=αβγ", home).href);
  await page.locator(".search-note:not([hidden])").waitFor();
  await look("a site that is newer than the page");
  assert.deepEqual(left, {});
});

test("every label has been seen", () => {
  const silent = new Set(["thousands_separator"]);
  assert.deepEqual(LABELS.map(([name]) => name).filter((name) => !seen.includes(`⟦${name}`) && !silent.has(name)), []);
});
