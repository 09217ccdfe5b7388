// Runs before the first paint, as a script of its own: an inline one is not allowed, a late one would flash.
const chosen = localStorage.getItem('cvn-theme');
if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset['theme'] = chosen;
