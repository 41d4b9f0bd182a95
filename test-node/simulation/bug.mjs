/** @param seeds - how many seeds may pass before it is found: more for a bug in code that is seldom reached */
export const bug = (name, file, search, replace, seeds = 200) => ({ name, file, search, replace, seeds });
