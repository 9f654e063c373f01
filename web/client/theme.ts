// Loaded in the head without defer: the colours are chosen before the first paint.
(() => {
  const stored = localStorage.getItem('theme');
  document.documentElement.dataset.theme = stored === 'light' || stored === 'dark' ? stored : 'auto';
})();
