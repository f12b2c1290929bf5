// Every type of page: nothing is refused by the policy, fetched from elsewhere, logged as an error, wider than its window, or hard to
// use with a screen reader; on a phone, a tablet and a desk, light and dark.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { open } from "./site.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const PAGES = {
  home: "",
  article: "kb/164/Q164177/",
  "article with a table": "kb/063/Q63704/",
  "article with code": "kb/047/Q47663/",
  "article that others cite": "kb/161/Q161208/",
  "page of prose": "guide/site-toml/",
  diagnostic: "diagnostics/dead-link/",
  section: "guide/",
  taxonomy: "keywords/",
  term: "types/problem/",
  search: "search/",
  "not found": "no/such/page/",
};
const WIDTHS = [320, 360, 768, 1440];
const SCHEMES = ["light", "dark"];

let site;
before(async () => (site = await open()));
after(() => site?.close());

for (const [name, path] of Object.entries(PAGES)) {
  test(name, async () => {
    for (const width of WIDTHS) {
      for (const colorScheme of SCHEMES) {
        const where = `${width} ${colorScheme}`;
        const { page, problems } = await site.visit(path, { colorScheme, viewport: { width, height: 900 } });
        assert.deepEqual(problems, [], where);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${where}: ${overflow} px too wide`);
        assert.equal(await page.locator("h1").count(), 1, where);
        if (process.env.SCREENSHOTS) {
          const file = `screenshots/${name}-${width}-${colorScheme}.png`.replaceAll(" ", "-");
          await page.screenshot({ path: new URL(file, import.meta.url).pathname, fullPage: true });
        }
        await page.context().close();
        assert.deepEqual(await audit(path, { colorScheme, viewport: { width, height: 900 } }), [], where);
      }
    }
  });
}

test("a redirect leads to its page", async () => {
  const { page, problems, path } = await site.visit("docs/");
  await page.waitForURL("**/guide/");
  assert.equal(path(), "guide/");
  assert.deepEqual(problems, []);
});

/** What an audit of accessibility finds, which needs to run a script that the policy forbids. */
async function audit(path, options) {
  const { page } = await site.visit(path, { ...options, bypassCSP: true });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  await page.context().close();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}
