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
const OWN = new Set(["SYMPTOMS", "CAUSE", "EVENT", "ID", "ERROR", "any", "path", "old", "kb"]);

const TRAILER = ["Additional query words: ποπ", "", "=".repeat(70), "Keywords          : kbΩ1", "Issue type        : kbprb", "Hardware          : Χ86", "Solution Type     : kbfix", "=".repeat(77)].map((line) => `\t${line}\n`).join("");

const kbText = (number, fields, ...text) => [`kb/${number}`, `---\ntitle: "Q${number}: αβγ δεζ"\npermalink: /kb/Q${number}/\nΩ: x\n---\n\n{% raw %}\n\n\tArticle: Q${number}\n${fields.map((field) => `\t${field}\n`).join("")}\t\n\tSYMPTOMS\n\t========\n\t\n${text.map((line) => `\t${line}\n\t\n`).join("")}${TRAILER}{% endraw %}\n`];
const markdown = (name, front, text) => [name, `---\ntitle: "ηθι κλμ ${name.replace(/\D/g, "")}"\n${front}\n---\n${text}\n`];

const ARTICLES = [
  ...Array.from({ length: 14 }, (_, i) => kbText(100001 + i, ["Product(s): Ωμέγα", "Version(s): 4.0", "Operating System(s): Ωμ", "Last Modified: 08-JAN-1999", "Keyword(s): kbΩ1"],
    "αβγ 0xC0000005 (STATUS_1_2) νξο.", "EVENT ID: 2410. ERROR 2410. LNK2001.", `Q${100002 + i}, Q100001, Q199999`, i ? "αλφα" : "μονο αλφας")),
  markdown("retired", "type: bug\nupdated: 2001-03-04\nstatus: retired\nretired_on: 2002-03-04\ntags: [πρσ]\nnumber: 100050", "## τυφ\n\nαβγ\n\n## χψω\n\nα[^1]\n\n## ωωω\n\nβ\n\n## ψψψ\n\n[^1]: σημ"),
  markdown("superseded", "type: how-to\nstatus: superseded\nsuperseded_by: Q100001", "> [!NOTE]\n> α\n\n> [!TIP]\n> α\n\n> [!IMPORTANT]\n> α\n\n> [!WARNING]\n> α\n\n> [!CAUTION]\n> α"),
  markdown("deprecated", "type: information\nstatus: deprecated\nupdated: 2000-01-01\napplies_to: [\"Ωμέγα 4.0\"]", `| α | β |\n|---|---|\n| γ | δ |\n\n\`\`\`\n${"α\n".repeat(50)}\`\`\``),
  markdown("reviewed", "reviewed: 2000-01-01\nreview_in: 1 year", "α"),
];

let folder;
let site;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "kbpress-words-"));
  const save = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const labels = LABELS.map((label) => `${label[0]} = ${JSON.stringify(mark(label))}\n`).join("");
  save("site.toml", `base_url = "https://example.org/"\ntitle = "Ω"\nlanguage = "el"\nedit_url = "https://example.org/{path}"\nreport_url = "https://example.org/{url}"\n[feeds]\nenabled = true\n[pages]\ntext = true\n[redirects]\n"/old/" = "/kb/Q100001/"\n[labels]\n${labels}`);
  for (const [path, text] of ARTICLES) save(`content/${path}.md`, text);
  site = await open(folder);
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
  let seen = "";
  const { page } = await site.visit("");
  const home = page.url();
  for (const path of pages) {
    const html = readFileSync(join(site.folder, path.replace(/\/$|^$/, "/index.html")), "utf8");
    // A redirect is gone before it can be looked at.
    if (html.includes("http-equiv")) {
      assert.deepEqual(unmarked(html.replace(/<[^>]*>/g, " ")), [], path);
      continue;
    }
    await page.goto(new URL(path, home).href);
    const text = await said(page);
    seen += text;
    if (unmarked(text).length) left[path] = unmarked(text);
  }
  assert.deepEqual(left, {});
  // What the pages ought to have shown, so that this test does not pass over an empty page.
  for (const name of ["kind_problem", "fix_fixed", "notice_retired_on", "notice_review", "notice_superseded", "links_wanted", "code_event", "taxonomy_products", "warning", "back", "wanted"]) assert.ok(seen.includes(`⟦${name}`), name);
});

test("files for other programs say only what the site or its labels say", () => {
  const parts = (text) => text.replace(/^# |\(https?:[^)]*\)|`index\.txt`/gm, "");
  assert.deepEqual(unmarked(parts(readFileSync(join(site.folder, "llms.txt"), "utf8"))), []);
});

test("the search and the comforts say only what the site or its labels say", async () => {
  const { page } = await site.visit("", { permissions: ["clipboard-read", "clipboard-write"] });
  const left = {};
  let seen = "";
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
  await page.goto(home);
  await look("home with what was kept");
  for (const query of ["αβγ", "αλφας ζζζζζζ", "ζζζζζζζ", '"αβγ δεζ"', "αβγ ξξξξξξξξ", "αλφα μονο", "κλμ"]) {
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
  assert.deepEqual(left, {});
  for (const name of ["search_all", "search_nothing", "script_copied", "script_keys", "script_kept", "script_recent", "script_fits", "search_every", "search_some", "search_with", "search_offline", "search_again", "search_more", "kind_problem", "search_runs"]) assert.ok(seen.includes(`⟦${name}`), name);
});
