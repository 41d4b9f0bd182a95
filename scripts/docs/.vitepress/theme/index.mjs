import { useData, withBase } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import { h, onMounted, ref, watch } from 'vue';
import './style.css';

let diagrams = 0;

/** Draws a diagram in the page, in the colours of the theme. */
const Mermaid = {
  props: { code: { type: String, required: true } },
  setup({ code }) {
    const { isDark } = useData();
    const svg = ref('');
    const draw = async () => {
      // The files of mermaid as they are: they load only where a page has a diagram, and need not be bundled.
      const { default: mermaid } = await import(/* @vite-ignore */ withBase('/mermaid/mermaid.esm.min.mjs'));
      mermaid.initialize({ startOnLoad: false, theme: isDark.value ? 'dark' : 'neutral' });
      ({ svg: svg.value } = await mermaid.render(`diagram-${++diagrams}`, decodeURIComponent(code)));
    };
    onMounted(() => {
      void draw();
      watch(isDark, draw);
    });
    return () => h('div', { class: 'mermaid', innerHTML: svg.value });
  },
};

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => void app.component('Mermaid', Mermaid),
};
