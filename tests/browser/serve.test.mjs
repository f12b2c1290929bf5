// A writer's browser: what happens in open pages of a preview when files are saved, under the policy that the server sends.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { browserPath } from "./site.mjs";

const program = process.env.KBPRESS ?? new URL("../../target/debug/kbpress", import.meta.url).pathname;

/** How long a change may take to be seen here, in milliseconds; a busy machine is slow. */
const PATIENCE = 30_000;
/** How long it may take in the middle. */
const MEDIAN = 400;

let folder, server, origin, browser;
const problems = [];

function save(path, text) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const article = (title, text) => `---\ntitle: ${title}\n---\n${text}\n`;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "kbpress-serve-"));
  save("site.toml", 'base_url = "https://example.org/docs/"\ntitle = "Test"\nextra_css = ["extra.css"]\n');
  save("content/a.md", article("First", "The first text."));
  save("content/b.md", article("Second", "Another page."));
  save("content/draft.md", "---\ndraft: true\n---\n# Draft\n");
  save("static/extra.css", "h1 { color: rgb(1, 2, 3) }\n");
  server = spawn(program, ["serve", "-p", "0", "-q"], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const [line] = await new Promise((resolve) => createInterface(server.stderr).once("line", (line) => resolve([line])));
  origin = line.match(/http:\/\/[^/]+/)[0];
  browser = await chromium.launch({ executablePath: browserPath(), args: ["--no-sandbox"] });
});

after(async () => {
  await browser?.close();
  server?.kill();
  if (folder) rmSync(folder, { recursive: true });
});

async function visit(context, path = "/docs/a/") {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on("pageerror", (error) => problems.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    const isWaiting = message.text().includes("status of 503");
    if (message.type() === "error" && !isWaiting) problems.push(`console: ${message.text()}`);
  });
  await page.goto(origin + path);
  await page.waitForFunction(() => document.querySelector("kbpress-preview"));
  return page;
}

/** Closes a context whose pages are all loaded: closing one that is being loaded anew may never end. */
async function close(context) {
  for (const page of context.pages()) {
    await page.waitForFunction(() => document.readyState === "complete" && document.querySelector("kbpress-preview, body > pre"));
    await page.waitForLoadState("load");
  }
  await context.close();
}

/** The text is on the screen. */
const appears = (page, text) => page.waitForFunction((text) => document.body?.innerText.includes(text), text, { polling: 10 });
/** It is, and the page has been loaded with it. */
const shows = (page, text) =>
  page.waitForFunction((text) => document.querySelector("kbpress-preview") && document.body.innerText.includes(text), text);
const mark = (page) => page.evaluate(() => (window.unchanged = true));
const isUnchanged = (page) => page.evaluate(() => window.unchanged === true);
const color = (page) => page.evaluate(() => getComputedStyle(document.querySelector("h1")).color);

test("a saved text is on the screen, and pages that say the same stay as they are", async () => {
  const context = await browser.newContext();
  const page = await visit(context);
  const other = await visit(context, "/docs/b/");
  await mark(other);
  const times = [];
  for (let i = 0; i < 15; i++) {
    save("content/a.md", article("First", `Saved for the ${i}th time.`));
    const began = performance.now();
    await appears(page, `Saved for the ${i}th time.`);
    times.push(performance.now() - began);
    await shows(page, `Saved for the ${i}th time.`);
  }
  const median = times.sort((a, b) => a - b)[7];
  assert.ok(median < MEDIAN, `${median} ms`);
  assert.ok(await isUnchanged(other));
  await close(context);
});

test("a style sheet is swapped without loading the page anew", async () => {
  const context = await browser.newContext();
  const page = await visit(context);
  await mark(page);
  for (const value of ["rgb(10, 20, 30)", "rgb(40, 50, 60)", "rgb(70, 80, 90)"]) {
    save("static/extra.css", `h1 { color: ${value} }\n`);
    await page.waitForFunction((value) => getComputedStyle(document.querySelector("h1")).color === value, value);
  }
  save("static/kbpress.css", "h1 { text-decoration: underline }\n");
  await page.waitForFunction(() => getComputedStyle(document.querySelector("h1")).textDecorationLine === "underline");
  assert.equal(await color(page), "rgb(70, 80, 90)");
  await page.waitForFunction(() => document.querySelectorAll("link[rel=stylesheet]").length === 2);
  assert.ok(await isUnchanged(page));
  await close(context);
});

test("a mistake is shown over the last good page, as text, and goes away by itself", async () => {
  const context = await browser.newContext();
  const page = await visit(context);
  save("content/a.md", article("First", "Good text."));
  await shows(page, "Good text.");
  await mark(page);
  const overlay = page.locator("kbpress-preview .problems");
  save("content/a.md", '---\ntitle: First\ndate: <img src=x onerror="alert(1)">\n---\nBroken text.\n');
  await overlay.waitFor({ state: "visible" });
  const text = await overlay.innerText();
  assert.match(text, /content\/a\.md:3:7/);
  assert.match(text, /<img src=x onerror="alert\(1\)">/);
  assert.match(text, /\^/);
  assert.equal(await overlay.locator("img").count(), 0);
  assert.ok(await isUnchanged(page));
  assert.match(await page.locator("body").innerText(), /Good text/);
  const explanation = await context.newPage();
  await explanation.goto(await overlay.locator("a").first().evaluate((link) => link.href));
  assert.match(await explanation.locator("body").innerText(), /SYMPTOMS/);
  await page.keyboard.press("Escape");
  await overlay.waitFor({ state: "hidden" });
  const late = await visit(context, "/docs/b/");
  await late.locator("kbpress-preview .problems").waitFor({ state: "visible" });
  save("content/a.md", article("First", "Mended text."));
  await shows(page, "Mended text.");
  await late.locator("kbpress-preview .problems").waitFor({ state: "hidden" });
  await close(context);
});

test("a template that fails on the page leaves it as it was", async () => {
  const context = await browser.newContext();
  const page = await visit(context);
  await mark(page);
  save("templates/page.html", "one\n{{ doc.heading + 1 }}\n");
  const overlay = page.locator("kbpress-preview .problems");
  await overlay.waitFor({ state: "visible" });
  assert.match(await overlay.innerText(), /templates\/page\.html:2/);
  assert.ok(await isUnchanged(page));
  save("templates/page.html", '{% extends "kbpress/page.html" %}{% block footer %}my own footer{% endblock %}');
  await shows(page, "my own footer");
  await close(context);
});

test("eight tabs follow over one connection and do not block each other", async () => {
  const context = await browser.newContext();
  const pages = [];
  for (let i = 0; i < 8; i++) pages.push(await visit(context));
  let streams = 0;
  for (const page of pages) {
    const connected = await page.evaluate(() => performance.getEntriesByType("resource").filter((e) => e.name.endsWith("/events")).length);
    const locks = await page.evaluate(async () => (await navigator.locks.query()).held.length);
    streams += connected;
    assert.equal(locks, 1);
  }
  assert.ok(streams <= 1);
  save("content/a.md", article("First", "Seen by all eight."));
  await Promise.all(pages.map((page) => shows(page, "Seen by all eight.")));
  // The tab that listens goes; another takes its place.
  await pages.shift().close();
  await pages.shift().close();
  save("content/a.md", article("First", "Seen by the rest."));
  await Promise.all(pages.map((page) => shows(page, "Seen by the rest.")));
  await close(context);
});

test("a draft is marked", async () => {
  const context = await browser.newContext();
  const page = await visit(context, "/docs/draft/");
  assert.equal(await page.locator("kbpress-preview .note").innerText(), "Draft: not published");
  await close(context);
});

test("the search finds what was saved last", async () => {
  const context = await browser.newContext();
  const page = await visit(context, "/docs/b/");
  save("content/b.md", article("Second", "A page about xylophones."));
  await shows(page, "xylophones");
  await page.goto(`${origin}/docs/search/?q=xylophones`);
  await page.locator("main a", { hasText: "Second" }).first().waitFor();
  await close(context);
});

test("nothing was refused by the policy, and nothing threw", () => assert.deepEqual(problems, []));
