import { defineConfig } from 'vitepress';
import { sidebar } from '../navigation.mjs';
import { slug } from '../slug.mjs';

const REPOSITORY = 'https://github.com/hpx/hpx-transport-ws';

const BASE = process.env.DOCS_BASE ?? '/';

export default defineConfig({
  title: 'hpx-transport-ws',
  description: 'A WebSocket client for trading, in browsers and Node',
  base: BASE,
  head: [['link', { rel: 'icon', href: `${BASE}icon.svg` }]],
  srcDir: 'pages',
  outDir: '../../site',
  cacheDir: 'node_modules/.cache/vitepress',
  // The API reference is not made by VitePress. links.mjs checks the links to it.
  ignoreDeadLinks: [/^\/api\//],
  markdown: {
    anchor: { slugify: slug },
    // GitHub reads no attributes in curly brackets, either.
    attrs: { disable: true },
    config: (md) => {
      const fence = md.renderer.rules.fence;
      md.renderer.rules.fence = (tokens, index, ...others) => {
        const { info, content } = tokens[index];
        if (info.trim() !== 'mermaid') return fence(tokens, index, ...others);
        return `<Mermaid code="${encodeURIComponent(content)}" />`;
      };
    },
  },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/guide' },
      { text: 'Recipes', link: '/recipes' },
      { text: 'API', link: '/api/index.html', target: '_self' },
    ],
    sidebar: sidebar(),
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    editLink: { pattern: `${REPOSITORY}/edit/main/docs/:path`, text: 'Improve this page' },
  },
});
