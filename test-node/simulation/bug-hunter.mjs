// Runs seeds until one fails and prints what it was: node bug-hunter.mjs BUNDLE SEEDS
import { pathToFileURL } from 'node:url';

const [, , bundle, seeds] = process.argv;
const { simulate } = await import(pathToFileURL(bundle).href);

process.on('unhandledRejection', (reason) => {
  console.log(`an unhandled rejection: ${reason}`);
  process.exit(0);
});
for (let seed = 1; seed <= Number(seeds); seed++) {
  const { violations } = await simulate(seed);
  const [first] = violations;
  if (!first) continue;
  console.log(`seed ${seed}: ${first.clause}: ${first.words}`);
  break;
}
