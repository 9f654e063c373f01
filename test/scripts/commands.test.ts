import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { newProject, type Project } from './project.ts';

describe('npm test', () => {
  let project: Project;
  const test = (...args: string[]) => project.run(process.execPath, ['scripts/test.mjs', ...args]);
  const testFile = (passes: boolean) =>
    `import { it } from 'node:test'; import assert from 'node:assert'; it('is so', () => assert.ok(${passes}));\n`;

  beforeEach(() => {
    project = newProject({ realPackages: true });
    project.write('package.json', '{"type":"module"}');
    project.write('test/deep/er/good.test.ts', testFile(true));
    project.write('test/page.test.tsx', testFile(true));
    project.write('test/helpers/no-test.ts', 'throw new Error("not a test");\n');
  });
  afterEach(() => project.remove());

  it('runs every test file at any depth in one run, whose counts come last', async () => {
    const { code, output } = await test();
    assert.equal(code, 0, output);
    assert.match(output, /tests 2\n(?:.*\n)*.*pass 2\n.*fail 0\n/);
  });

  it('fails when one test fails', async () => {
    project.write('test/bad.test.ts', testFile(false));
    const { code, output } = await test();
    assert.notEqual(code, 0);
    assert.match(output, /fail 1\n/);
  });

  it('runs only the files and folders named', async () => {
    project.write('test/bad.test.ts', testFile(false));
    const { code, output } = await test('test/deep', 'test/page.test.tsx');
    assert.equal(code, 0, output);
    assert.match(output, /tests 2\n/);
  });

  it('fails for a file that is not there, and for a folder without tests', async () => {
    assert.notEqual((await test('test/nowhere.test.ts')).code, 0);
    assert.notEqual((await test('test/helpers')).code, 0);
  });
});

describe('the import check', () => {
  let project: Project;
  const check = () => project.run(process.execPath, ['scripts/check-imports.mjs']);

  beforeEach(() => {
    project = newProject();
    for (const part of ['supervisor', 'worker', 'web', 'shared']) project.write(`${part}/.keep`, '');
  });
  afterEach(() => project.remove());

  it('takes imports that point down the layout', async () => {
    project.write(
      'supervisor/http/a.ts',
      `import { b } from '../orders/b.ts';\nimport type { C } from '../config.ts';\nimport '../../shared/d.ts';\nimport z from 'zod';\n`,
    );
    project.write('worker/a.ts', `export { d } from '../shared/d.ts';\n`);
    assert.deepEqual(await check(), { code: 0, output: '' });
  });

  const upward: ReadonlyArray<readonly [title: string, file: string, text: string]> = [
    ['from a store to the orders', 'supervisor/stores/a.ts', `import { b } from '../orders/b.ts';`],
    ['of a type only', 'supervisor/orders/a.ts', `import type { B } from '../http/types.ts';`],
    ['over several lines', 'supervisor/gateways/a.ts', `import {\n  b,\n  c,\n} from '../chats/b.ts';`],
    ['by re-export', 'shared/a.ts', `export * from '../worker/b.ts';`],
    ['for its effect', 'web/a.tsx', `import '../supervisor/app.ts';`],
    ['at run time', 'worker/a.ts', `const b = await import('../supervisor/orders/b.ts');`],
    ['of a test helper', 'shared/a.ts', `import { b } from '../test/helpers/b.ts';`],
    ['from a leaf into a part', 'supervisor/config.ts', `import { b } from './orders/b.ts';`],
  ];
  for (const [title, file, text] of upward) {
    it(`refuses an import that points up: ${title}`, async () => {
      project.write(file, `${text}\n`);
      const { code, output } = await check();
      assert.equal(code, 1);
      assert.ok(output.includes(file), output);
    });
  }
});
