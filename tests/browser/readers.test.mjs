// What a reader finds around the articles, and the comforts of an article that a script adds; the same pages without scripts.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
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
  await page.locator(".runs output:not(:empty)").waitFor();
  assert.equal(await page.locator(".runs output").textContent(), "Applies to what you run");
  await page.reload();
  await page.locator(".runs output:not(:empty)").waitFor();
  assert.equal(await page.locator(".runs output").textContent(), "Applies to what you run");
});

test("an article is copied as Markdown", async () => {
  const { page, problems } = await site.visit("guide/articles/", { permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByRole("button", { name: "Copy as Markdown" }).click();
  await page.getByRole("button", { name: "Copied" }).first().waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(text, /^# .+\n\nhttp:.+\/guide\/articles\/\n\n/);
  assert.match(text, /\n## .+\n\n/);
  assert.match(text, /\n\| .+ \|\n\| --- \|.+\n\| .+ \|\n/);
  assert.match(text, /\n```\n[^]+?\n```\n/);
  assert.doesNotMatch(text, /\n{3}|Copy/);
  assert.deepEqual(problems, []);
});

test("a heading has a permalink of its name beside it", async () => {
  const { page } = await site.visit(ARTICLE);
  const heading = page.locator("h2#cause");
  assert.equal(await heading.textContent(), "CAUSE");
  const link = page.getByRole("link", { name: "CAUSE", exact: true }).last();
  assert.equal(await link.getAttribute("href"), "#cause");
  await heading.hover();
  assert.equal(await link.evaluate((element) => getComputedStyle(element).opacity), "1");
  const [box, beside] = [await heading.boundingBox(), await link.boundingBox()];
  assert.ok(beside.x < box.x && beside.x + beside.width <= box.x + 4, "it stands before the heading");
  assert.ok(Math.abs(beside.y + beside.height / 2 - box.y - box.height / 2) < 8, "and on its line");
});

test("the search offers what applies to what the reader runs", async () => {
  const { page } = await site.visit("kb/161/Q161208/");
  await page.locator(".runs input").fill("Visual Basic Enterprise");
  await page.locator(".runs input").press("Enter");
  await page.goto(new URL("../../../search/?q=control", page.url()).href);
  await page.getByRole("link", { name: "Only what applies to Visual Basic Enterprise" }).click();
  await page.waitForURL(/applies=/);
  await page.waitForFunction(() => document.querySelector("main")?.ariaBusy !== "true" && document.querySelector(".search-results a"));
  const titles = await page.locator(".search-results .search-meta").allTextContents();
  assert.ok(titles.length > 0 && titles.every((title) => title.startsWith("✓ Visual Basic Enterprise · Q161")), titles.join());
});

test("from right to left no page is wider than its window, and no rule names a side", async () => {
  for (const path of ["", ARTICLE, CODE, "codes/", "keywords/", "types/problem/", "guide/site-toml/", "search/?q=error"]) {
    const { page } = await site.visit(path, { viewport: { width: 360, height: 800 } });
    await page.evaluate(() => (document.documentElement.dir = "rtl"));
    const { scroll, sides } = await page.evaluate(() => {
      const sides = [];
      const look = (rules) => {
        for (const rule of rules) {
          if (rule.cssRules) look(rule.cssRules);
          else if (/[\s;{]((margin|padding|border)-)?(left|right)(-\w+)?:|(float|clear|text-align): (left|right)/.test(rule.cssText)) sides.push(rule.cssText);
        }
      };
      for (const sheet of document.styleSheets) look(sheet.cssRules);
      const { scrollWidth, clientWidth } = document.documentElement;
      return { scroll: scrollWidth - clientWidth, sides };
    });
    assert.ok(scroll <= 0, `${path}: ${scroll} px`);
    assert.deepEqual(sides, [], path);
    await page.context().close();
  }
});

test("who wants less motion gets none", async () => {
  for (const reducedMotion of ["reduce", "no-preference"]) {
    const { page } = await site.visit(ARTICLE, { reducedMotion });
    const { scrolling, moving } = await page.evaluate(() => ({
      scrolling: getComputedStyle(document.documentElement).scrollBehavior,
      moving: [...document.querySelectorAll("*")].filter((element) => !/^0s(, 0s)*$/.test(getComputedStyle(element).transitionDuration) || getComputedStyle(element).animationName !== "none").length,
    }));
    assert.equal(scrolling, reducedMotion === "reduce" ? "auto" : "smooth");
    assert.equal(moving, 0);
  }
});

test("what search engines are told is a TechArticle and a BreadcrumbList with all that they must have", async () => {
  const day = /^\d{4}-\d\d-\d\d$/;
  const types = [];
  for (const path of [ARTICLE, CODE, "guide/site-toml/", "types/problem/", "codes/", "keywords/"]) {
    const { page } = await site.visit(path, { javaScriptEnabled: false });
    for (const text of await page.locator("script[type='application/ld+json']").allTextContents()) {
      const { "@context": context, "@graph": graph } = JSON.parse(text);
      assert.equal(context, "https://schema.org");
      for (const { "@type": type, ...fields } of graph) {
        types.push(type);
        if (type === "TechArticle") {
          assert.ok(fields.headline && typeof fields.headline === "string", path);
          if (fields.dateModified !== undefined) assert.match(fields.dateModified, day, path);
          assert.deepEqual(Object.keys(fields).filter((name) => !["headline", "identifier", "dateModified"].includes(name)), []);
        } else {
          assert.equal(type, "BreadcrumbList", path);
          const shown = await page.locator(".crumbs a").evaluateAll((links) => links.map((link) => [link.textContent, link.href]));
          fields.itemListElement.forEach((item, i) => {
            assert.deepEqual([item["@type"], item.position], ["ListItem", i + 1], path);
            assert.ok(shown.some(([name, url]) => name === item.name && url === new URL(item.item, page.url()).href), `${path}: ${item.name}`);
          });
        }
      }
    }
    await page.context().close();
  }
  assert.deepEqual([...new Set(types)].sort(), ["BreadcrumbList", "TechArticle"]);
});

test("lists mark what applies to what the reader runs, and only that, as its article says", async () => {
  const { page, problems } = await site.visit("");
  const says = async (what) => {
    await page.locator(".runs input").fill(what);
    await page.locator(".runs input").press("Enter");
  };
  assert.equal(await page.locator("i.fits").count(), 0);
  await says("Visual Basic Enterprise 5.0");
  await page.locator("i.fits").first().waitFor();
  await page.reload();
  await page.locator("i.fits").first().waitFor();
  const marked = {};
  for (const item of await page.locator(".pages > li").all()) {
    const [url, mark] = await item.evaluate((li) => [li.querySelector("a").href, li.querySelector("i.fits")?.textContent ?? ""]);
    assert.ok(["", "✓ Visual Basic Enterprise 5.0"].includes(mark), mark);
    marked[url] = mark !== "";
  }
  assert.deepEqual([...new Set(Object.values(marked))].sort(), [false, true], "some fit and some do not");
  await says("Zeppelin");
  await page.locator("i.fits").first().waitFor({ state: "detached" });
  await says("Visual Basic Enterprise 5.0");
  for (const [url, fits] of Object.entries(marked)) {
    await page.goto(url);
    const output = page.locator("article .runs output");
    if (await output.count()) await page.locator("article .runs output:not(:empty)").waitFor();
    assert.equal((await output.count()) > 0 && (await output.textContent()) === "Applies to what you run", fits, url);
  }
  // Going on cuts off what the page before was still loading.
  assert.deepEqual(problems.filter((problem) => !problem.startsWith("failed:")), []);
});

test("a page has one client of the search, for its box and its list", async () => {
  const { page } = await site.visit("kb/161/");
  const roots = [];
  page.on("request", (request) => { if (/search\/(root|index)\.\w+\.bin/.test(request.url())) roots.push(request.url()); });
  await page.locator(".runs input").fill("Visual Basic");
  await page.locator(".runs input").press("Enter");
  await page.locator("i.fits").first().waitFor();
  await page.locator("#q").fill("visual");
  await page.locator("[role=option]").first().waitFor();
  assert.equal(roots.filter((url) => url === roots[0]).length, 1, roots.join());
});

test("an article is light on the wire, waits for one style sheet and keeps its layout", async () => {
  const { page } = await site.visit(ARTICLE);
  const wire = async (url) => gzipSync(await (await page.request.get(new URL(url, page.url()).href)).body()).length;
  const styles = await page.locator("link[rel=stylesheet]").evaluateAll((links) => links.map((link) => link.href));
  assert.equal(styles.length, 1);
  assert.ok((await wire("")) + (await wire(styles[0])) <= 20_000);
  const scripts = await page.locator("script[src]").evaluateAll((all) => all.map((script) => script.src));
  let bytes = 0;
  for (const script of scripts) bytes += await wire(script);
  assert.ok(bytes <= 4_500, `${bytes} bytes of script`);
  const shift = await page.evaluate(() => new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const { value } of list.getEntries()) sum += value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(sum), 500);
  }));
  assert.ok(shift < 0.01, `${shift}`);
});

test("the keyboard alone leads from home to an article and back", async () => {
  const { page, path } = await site.visit("");
  const press = async (role, name) => {
    for (let i = 0; i < 80; i++) {
      const at = await page.evaluate(() => [document.activeElement.tagName, document.activeElement.textContent.trim()]);
      if (at[0] === role && at[1].includes(name)) break;
      await page.keyboard.press("Tab");
    }
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  };
  await press("A", "Error codes");
  await press("A", "Error 2000 – 2999");
  await press("A", "XFOR: Error 2410");
  assert.equal(path(), ARTICLE);
  await press("A", "Home");
  assert.equal(path(), "");
});

test("the question mark helps with keys", async () => {
  const { page } = await site.visit(CODE);
  await page.keyboard.press("?");
  assert.ok(await page.locator("dialog").isVisible());
  await page.keyboard.press("Escape");
  assert.ok(!(await page.locator("dialog").isVisible()));
});
