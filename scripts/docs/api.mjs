import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const REPOSITORY = 'https://github.com/hpx/hpx-transport-ws';

/** Writes the reference of all entries of the package. Any complaint of typedoc is an error. */
export async function writeApi(target, base) {
  const { Application } = await import('typedoc');
  const { name, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const sources = new Map(
    Object.keys(exports)
      .filter((path) => !path.endsWith('.json'))
      .map((path) => [sourceOf(path === '.' ? 'index' : path.slice(2)), path.replace('.', name)]),
  );
  const app = await Application.bootstrapWithPlugins({
    name: `${name} API`,
    entryPoints: [...sources.keys()],
    basePath: join(ROOT, 'src'),
    tsconfig: join(ROOT, 'tsconfig.json'),
    // `npm run typecheck` finds errors of types.
    skipErrorChecking: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    readme: 'none',
    favicon: join(import.meta.dirname, 'icon.svg'),
    disableGit: true,
    sourceLinkTemplate: `${REPOSITORY}/blob/main/src/{path}#L{line}`,
    gitRevision: 'main',
    navigationLinks: { Guide: `${base}guide.html`, GitHub: REPOSITORY },
    validation: { notExported: false, invalidLink: true, notDocumented: false },
    treatWarningsAsErrors: true,
    logLevel: 'Warn',
  });
  const project = await app.convert();
  if (!project) throw new Error('typedoc could not read the entries');
  // typedoc names a module after its file; a reader imports it by its entry.
  for (const module of project.children) module.name = sources.get(module.sources[0].fullFileName);
  await app.generateDocs(project, target);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error('typedoc has complaints');
}

/** The source of an entry, as rollup.config.mjs finds it. */
function sourceOf(name) {
  const names = [`${name}.ts`, `${name}.tsx`, `${name}/index.ts`].map((file) => join(ROOT, 'src', file));
  return names.find((file) => existsSync(file));
}
