// What a reader finds around the articles, and the comforts of an article that a script adds; the same pages without scripts.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { open } from "./site.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ARTICLE = "kb/164/Q164177/";
const CODE = "kb/047/Q47663/";

let site;
before(async () => (site = await open()));
after(() => site?.close());

for (const path of ["codes/", "codes/error/2xxx/", "links/", "links/orphans/", "links/most-cited/", ARTICLE, CODE, ""]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [360, 768, 1440]) {
      test(`${path || "home"} at ${width}, ${colorScheme}`, async () => {
        const options = { colorScheme, viewport: { width, height: 900 } };
        const { page, problems } = await site.visit(path, options);
        assert.deepEqual(problems, []);
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
        if (process.env.SCREENSHOTS) {
          const name = `${path.replaceAll("/", "-") || "home-"}${width}-${colorScheme}.png`;
          await page.screenshot({ path: new URL(`screenshots/${name}`, import.meta.url).pathname, fullPage: true });
        }
        await page.context().close();
        const audited = await site.visit(path, { ...options, bypassCSP: true });
        await audited.page.evaluate(axe);
        const { violations } = await audited.page.evaluate(() => globalThis.axe.run());
        await audited.page.context().close();
        assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`), []);
      });
    }
  }
}

test("every article is at most four clicks from home without scripts", async () => {
  const { page, problems } = await site.visit("", { javaScriptEnabled: false });
  const home = new URL(page.url());
  const reached = new Set([home.pathname]);
  let edge = [home.pathname];
  for (let clicks = 0; clicks < 4; clicks++) {
    const next = [];
    for (const path of edge) {
      const html = await (await page.request.get(home.origin + path)).text();
      for (const [, href] of html.matchAll(/<a [^>]*href="([^"#?]*)/g)) {
        const url = new URL(href, home.origin + path);
        if (url.origin !== home.origin || !url.pathname.startsWith(home.pathname) || reached.has(url.pathname)) continue;
        reached.add(url.pathname);
        next.push(url.pathname);
      }
    }
    edge = next;
  }
  const sitemap = await (await page.request.get(`${home.href}sitemap.xml`)).text();
  const articles = [...sitemap.matchAll(/<loc>([^<]*\/kb\/[^<]*)<\/loc>/g)].map(([, url]) => new URL(url).pathname);
  assert.ok(articles.length > 3);
  assert.deepEqual(articles.filter((path) => !reached.has(path)), []);
  assert.deepEqual(problems, []);
});

test("arriving with words marks them, Esc clears them", async () => {
  const { page, problems } = await site.visit(`${ARTICLE}?highlight=error%20%3Cimg%20src=x%20onerror=alert(1)%3E`);
  assert.ok((await page.locator("mark").count()) > 0);
  assert.equal(await page.locator(".text img").count(), 0);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("mark").count(), 0);
  assert.deepEqual(problems, []);
});

test("an article that is kept stands on the home page", async () => {
  const { page, problems } = await site.visit(ARTICLE);
  await page.getByRole("button", { name: "Bookmark" }).click();
  await page.goto(new URL("../../../", page.url()).href);
  assert.equal(await page.locator('section:has(> h2:text-is("Bookmarks"))').getByRole("link").count(), 1);
  assert.deepEqual(problems.filter((problem) => !problem.startsWith("failed:")), []);
});

test("a hostile memory is only text", async () => {
  const { page, problems } = await site.visit(ARTICLE);
  await page.evaluate(() => localStorage.setItem("kbpress-kept", JSON.stringify([{ url: "javascript:alert(1)", title: "x" }, { url: "//evil", title: "y" }, { url: "/a", title: "<img src=x>" }])));
  await page.goto(new URL("../../../", page.url()).href);
  const kept = page.locator('section:has(> h2:text-is("Bookmarks"))');
  assert.deepEqual(await kept.getByRole("link").allTextContents(), ["<img src=x>"]);
  // Going on cuts off what the first page was still loading.
  assert.deepEqual(problems.filter((problem) => !problem.startsWith("failed:")), []);
});

test("an article says whether it applies to what the reader runs", async () => {
  const { page } = await site.visit(ARTICLE);
  await page.locator(".runs input").fill("exchange");
  await page.locator(".runs input").press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.locator(".runs output").textContent(), "Applies to what you run");
  await page.reload();
  assert.equal(await page.locator(".runs output").textContent(), "Applies to what you run");
});

test("the question mark helps with keys", async () => {
  const { page } = await site.visit(CODE);
  await page.keyboard.press("?");
  assert.ok(await page.locator("dialog").isVisible());
  await page.keyboard.press("Escape");
  assert.ok(!(await page.locator("dialog").isVisible()));
});
