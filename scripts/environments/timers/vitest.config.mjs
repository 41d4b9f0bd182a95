export default { test: { globals: true, include: ['timers/*.test.mjs'], watch: false } };
