// The page in a real browser, at desktop and phone width, in light and dark.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { builtIn, needs } from '../fixtures/models.js';
import { serverForSuite } from './server.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executable = process.env.GRAFFITI_CHROMIUM ?? browsers.find((path) => existsSync(path));

function skip(): { skip: string | false } {
  if (!executable) return { skip: 'there is no Chromium (apt-get install chromium)' };
  if (!existsSync(join(root, 'dist/ui/index.html'))) return { skip: 'the page is not built' };
  return needs(builtIn);
}

/** ms for a night or an extraction. */
const PATIENCE = 120_000;

/** Where pictures go, to be looked at. */
const pictures = process.env.GRAFFITI_PICTURES;

suite('the page', skip(), () => {
  const server = serverForSuite();
  const open = pagesForSuite(() => server().address);
  const say = async (page: Page, text: string) => {
    await page.getByLabel('Message').fill(text);
    await page.getByLabel('Message').press('Enter');
    await page.getByRole('button', { name: 'Send' }).waitFor();
  };
  const picture = async (page: Page, name: string) => {
    if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`) });
  };

  for (const [name, options] of [
    ['desktop', { viewport: { width: 1280, height: 800 }, colorScheme: 'light' }],
    ['phone', { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true }],
  ] as const) {
    test(`${name}: chat, look at a token with the keyboard, browse, forget and undo`, async () => {
      const { page, faults } = await open(options);
      await page.getByLabel('Brain').fill(name);
      await page.getByLabel('Brain').press('Enter');
      await page
        .locator(`option[value="${name}"]`)
        .or(page.locator('.hint'))
        .first()
        .waitFor({ state: 'attached' });
      await say(page, 'I love dogs. My dog is named Buddy.');
      await say(page, 'What is my dog called?');
      await page.getByText('recalled #1').waitFor();
      assert.match(await page.locator('.reply').last().innerText(), /Buddy/);

      await page.locator('.reply').last().locator('.token').first().focus();
      await page.keyboard.press('ArrowRight');
      const figures = page.getByLabel('Influence on the token');
      await figures.getByText('KL, nats').waitFor();
      assert.match(await figures.innerText(), /Because of[\s\S]*I love dogs/);
      const shades: number[] = [];
      for (const token of await page.locator('.token').all()) {
        const style = await token.getAttribute('style');
        shades.push(Number(/--shade: ?([\d.]+)/.exec(style!)![1]));
      }
      assert.ok(Math.max(...shades) > 0);
      await picture(page, `${name}-chat`);

      await page.getByRole('button', { name: 'Memory' }).click();
      await page.getByLabel('Tell it').fill('My sister lives in Zürich.');
      await page.getByLabel('Tags').fill('family');
      await page.getByRole('button', { name: 'Tell', exact: true }).click();
      await page.getByRole('button', { name: 'Forget: My sister lives in Zürich.' }).waitFor();
      await page.getByLabel('Search').fill('sister');
      await page.getByRole('button', { name: 'family' }).click();
      await page.locator('.list li').nth(1).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: /^Forget: My sister/ }).click();
      await page.locator('.list li').first().waitFor({ state: 'detached' });
      await picture(page, `${name}-memory`);
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByRole('button', { name: /^Forget: My sister/ }).waitFor();
      await page.getByRole('button', { name: /^Forget: My sister/ }).click();

      await page.getByRole('button', { name: 'Plots' }).click(); // leaving forgets at once
      await page.locator('.plot canvas').first().waitFor();
      await picture(page, `${name}-plots`);
      const path = `${server().address}/v1/graffiti/brains/${name}/memories`;
      const texts = async () => {
        const answer = (await (await fetch(path)).json()) as any;
        assert.ok(answer.data, JSON.stringify(answer));
        return answer.data.map((one: any) => one.text);
      };
      while ((await texts()).includes('My sister lives in Zürich.')) await page.waitForTimeout(50);

      const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
      assert.ok(width <= options.viewport.width, `${width} wide`);
      assert.deepEqual(faults, []);
      await page.close();
    });
  }

  test('desktop: a night with its report, and undone, by keyboard', async () => {
    const { page, faults } = await open({ viewport: { width: 1280, height: 800 } });
    await say(page, 'My dog is named Buddy.');
    await page.getByRole('button', { name: 'Sleep' }).click();
    const night = page.getByRole('region', { name: 'Sleep' });
    await night.getByRole('button', { name: 'Sleep' }).press('Enter');
    await night.getByRole('button', { name: 'Undo' }).waitFor({ timeout: PATIENCE });
    await night.getByRole('row', { name: /Perplexity of ordinary text/ }).waitFor();
    await picture(page, 'desktop-sleep');
    await page.setViewportSize({ width: 390, height: 844 });
    assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= 390);
    await night.getByRole('button', { name: 'Undo' }).press('Enter');
    await night.getByText('It has not slept yet.').waitFor();
    assert.deepEqual(faults, []);
    await page.close();
  });

  test('phone: an engram is extracted, weighed with the keyboard and removed', async () => {
    const { page, faults } = await open({
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
    });
    await page.getByRole('button', { name: 'Engrams' }).click();
    const engrams = page.getByRole('region', { name: 'Engrams' });
    await engrams.getByLabel('Name').fill('greeting');
    const target = engrams.getByLabel('Questions and answers');
    await target.fill('How are you today?');
    await engrams.getByRole('button', { name: 'Extract' }).click();
    await engrams.getByText('Line 1 has no answer').waitFor();
    await target.fill('How are you today? | I am fine, thank you, and how are you?');
    await engrams.getByLabel('Forgetting').fill('0.5');
    await engrams.getByRole('button', { name: 'Extract' }).press('Enter');
    const weight = engrams.getByLabel('Weight of greeting');
    await weight.waitFor({ timeout: PATIENCE });
    const weighed = page.waitForResponse((answer) => answer.request().method() === 'PUT');
    await weight.press('ArrowLeft');
    assert.equal((await weighed).status(), 200);
    await engrams.getByText('-0.25').waitFor();
    await picture(page, 'phone-engrams');
    const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
    assert.ok(width <= 390, `${width} wide`);
    await engrams.getByRole('button', { name: 'Remove: greeting' }).click();
    await engrams.getByText('No engrams yet.').waitFor();
    assert.deepEqual(faults, []);
    await page.close();
  });

  test('nothing but the files of the page is served beside the API', async () => {
    for (const path of [
      '/assets/',
      '/assets/..%2findex.html',
      '/assets/../../package.json',
      '/index.js',
    ]) {
      assert.equal((await server().get(path)).status, 404, path);
    }
    const page = await server().get('/');
    assert.match(page.headers.get('content-security-policy')!, /default-src 'none'/);
  });
});

suite('the page during a reply of a slow model', skip(), () => {
  const folder = mkdtempSync(join(tmpdir(), 'graffiti-page-'));
  const slow = join(folder, 'slow.gguf');
  // 33M random weights: some 200 tokens a second, so that a reply outlasts what a browser does.
  before(() => {
    const program = join(root, 'build/Release/graffiti-random-model');
    const size = ['--width', '512', '--layers', '8', '--heads', '8', '--ffn', '2048'];
    execFileSync(program, ['--out', slow, ...size, '--vocabulary', '4096']);
  });
  const server = serverForSuite({}, { model: slow });
  const open = pagesForSuite(() => server().address);
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('the strength slider acts in mid-reply, and Stop ends it', async () => {
    const { page, faults } = await open({ viewport: { width: 1280, height: 800 } });
    const never = Array.from(server().model.info.endTokens, (token) => [token, -100]);
    await page.route('**/v1/chat/completions', (route) =>
      route.continue({
        postData: JSON.stringify({
          ...route.request().postDataJSON(),
          logit_bias: Object.fromEntries(never),
          max_tokens: 1000,
        }),
      }),
    );
    const patched = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
    await page.getByLabel('Message').fill('Tell me a long story about dogs.');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.token').first().waitFor();
    await page.getByLabel('Strength').press('ArrowRight');
    assert.equal((await patched).status(), 200);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Send' }).waitFor();
    assert.ok((await page.locator('.token').count()) < 1000);
    assert.deepEqual(faults, []);
    await page.close();
  });
});

/**
 * A browser for a suite. Opens the page; what that asks of other servers and what it complains about is in
 * `faults`.
 */
function pagesForSuite(address: () => string) {
  let browser: Browser;
  before(async () => {
    browser = await chromium.launch({ executablePath: executable!, args: ['--no-sandbox'] });
    if (pictures) mkdirSync(pictures, { recursive: true });
  });
  after(() => browser?.close());

  return async (options: Parameters<Browser['newPage']>[0]) => {
    const page = await browser.newPage(options);
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      // A brain that is not there yet is asked for, and is 404.
      if (message.type() === 'error' && !message.text().includes('404'))
        faults.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(address()) && !request.url().startsWith('data:')) {
        faults.push(request.url());
      }
    });
    await page.goto(address());
    return { page, faults };
  };
}
