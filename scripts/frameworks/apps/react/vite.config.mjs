// vite's own transform of JSX: the page is a production build, so that Fast Refresh is not needed.
export default { root: import.meta.dirname, oxc: { jsx: { runtime: 'automatic' } } };
