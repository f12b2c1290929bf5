// What a reader does with a page: without scripts, with the keyboard, in the dark.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open } from "./site.mjs";

const ARTICLE = "kb/161/Q161208/";
const LONG = "guide/articles/";

let site;
before(async () => (site = await open()));
after(() => site?.close());

test("without scripts a page is readable and its contents lead to its sections", async () => {
  const { page, problems } = await site.visit(LONG, { javaScriptEnabled: false, viewport: { width: 1440, height: 600 } });
  assert.match(await page.locator("main").innerText(), /Files must be UTF-8/);
  await page.locator("nav.toc a", { hasText: "Images and downloads" }).click();
  await page.waitForURL("**#images-and-downloads");
  assert.deepEqual(problems, []);
});

test("the first tab stop skips to the content", async () => {
  const { page } = await site.visit(ARTICLE);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  await page.waitForURL("**#kb-main");
});

for (const javaScriptEnabled of [true, false]) {
  test(`the original text is one click away, scripts ${javaScriptEnabled ? "on" : "off"}`, async () => {
    const { page } = await site.visit(ARTICLE, { javaScriptEnabled });
    const paragraph = page.locator("[data-kb-body] p").first();
    const style = () => paragraph.evaluate((element) => getComputedStyle(element).whiteSpaceCollapse);
    assert.equal(await style(), "collapse");
    await page.locator("label.switch").click();
    assert.equal(await style(), "preserve");
    await page.locator("label.switch").click();
    assert.equal(await style(), "collapse");
  });
}

test("the dark switch is remembered on the next page", async () => {
  const { page } = await site.visit(ARTICLE, { colorScheme: "light" });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.locator("button.scheme").click();
  const dark = await background();
  assert.notEqual(dark, light);
  await page.locator("a.brand").click();
  await page.waitForURL("**/path/");
  assert.equal(await background(), dark);
});

test("a reference leads to its article, and that names its source", async () => {
  const { page, path } = await site.visit(ARTICLE);
  await page.locator("[data-kb-body] a", { hasText: "Q161156" }).click();
  await page.waitForURL("**/Q161156/");
  assert.equal(path(), "kb/161/Q161156/");
  assert.match(await page.locator(".after").innerText(), /Referenced by/);
});
