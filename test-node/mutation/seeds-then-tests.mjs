// A test runner for Stryker: seeds of the simulator in this process, then the tests of vitest for what they did not notice.
// A seed takes some milliseconds, while vitest loads all files anew for each mutant.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { commonTokens, declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { DryRunStatus, MutantRunStatus, TestStatus } from '@stryker-mutator/api/test-runner';
import { strykerPlugins as vitestPlugins } from '@stryker-mutator/vitest-runner';
import { build } from 'esbuild';

const SEEDS = Array.from({ length: 150 }, (_, index) => index + 1);
const PREFIX = 'seed ';
const root = join(import.meta.dirname, '../..');
/** What Stryker's changes to the sources read and write. */
const mutants = { ...globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] };
globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] = mutants;

class SeedsThenTests {
  static inject = [commonTokens.injector];
  #tests;
  #simulator;
  #unhandled;

  constructor(injector) {
    this.#tests = injector.injectFunction(vitestPlugins[0].factory);
    // What a mutant throws in a microtask would end this process.
    for (const event of ['unhandledRejection', 'uncaughtException']) {
      process.on(event, (reason) => {
        this.#unhandled = reason;
      });
    }
  }

  capabilities() {
    return this.#tests.capabilities();
  }

  async init() {
    await this.#tests.init();
    this.#simulator = await loadSimulator();
  }

  async dryRun(options) {
    const seeds = [];
    for (const seed of SEEDS) {
      const id = PREFIX + seed;
      mutants.currentTestId = id;
      const startedAt = performance.now();
      const failureMessage = await this.#fault(seed);
      const timeSpentMs = performance.now() - startedAt;
      if (failureMessage) return { status: DryRunStatus.Error, errorMessage: failureMessage };
      seeds.push({ id, name: id, status: TestStatus.Success, timeSpentMs });
    }
    mutants.currentTestId = undefined;
    const result = await this.#tests.dryRun(options);
    if (result.status !== DryRunStatus.Complete) return result;
    const { static: atImport = {}, perTest } = result.mutantCoverage ?? {};
    const mutantCoverage = { static: atImport, perTest: { ...mutants.mutantCoverage?.perTest, ...perTest } };
    return { ...result, tests: [...seeds, ...result.tests], mutantCoverage };
  }

  async mutantRun(options) {
    const { testFilter = [], activeMutant, hitLimit } = options;
    const seeds = testFilter.filter(isSeed);
    mutants.activeMutant = activeMutant.id;
    Object.assign(mutants, { hitLimit, hitCount: 0 });
    try {
      for (const [index, id] of seeds.entries()) {
        const failureMessage = await this.#fault(Number(id.slice(PREFIX.length)));
        if (mutants.hitCount > hitLimit) return { status: MutantRunStatus.Timeout, reason: 'It loops.' };
        if (failureMessage)
          return { status: MutantRunStatus.Killed, killedBy: [id], failureMessage, nrOfTests: index + 1 };
      }
    } finally {
      mutants.activeMutant = undefined;
    }
    const rest = testFilter.filter((id) => !isSeed(id));
    if (testFilter.length > 0 && rest.length === 0)
      return { status: MutantRunStatus.Survived, nrOfTests: seeds.length };
    // For vitest.config.ts, which brings the tests of this file's folder to the front.
    process.env.MUTATED_FILE = options.sandboxFileName;
    return this.#tests.mutantRun({ ...options, testFilter: rest });
  }

  dispose() {
    return this.#tests.dispose();
  }

  /** What is wrong with a seed, if anything is. */
  async #fault(seed) {
    this.#unhandled = undefined;
    try {
      const { violations } = await this.#simulator.simulate(seed);
      if (violations.length > 0) return JSON.stringify(violations[0]);
    } catch (error) {
      return String(error);
    }
    return this.#unhandled === undefined ? undefined : String(this.#unhandled);
  }
}

function isSeed(id) {
  return id.startsWith(PREFIX);
}

/** Of the copy, whose sources Stryker has changed. */
async function loadSimulator() {
  const outfile = join(root, `simulator-${process.pid}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: ['test-node/simulation/index.ts'],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    tsconfig: join(root, 'tsconfig.json'),
    logLevel: 'warning',
  });
  return import(pathToFileURL(outfile).href);
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'seeds-then-tests', SeedsThenTests)];
/** Of the options of vitest, which it reads. */
export { strykerValidationSchema } from '@stryker-mutator/vitest-runner';
