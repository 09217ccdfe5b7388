// What a press on one thing makes of another must wait until the click is through: a page that moves between
// pressing and releasing makes the click miss.

let pressed = false;
addEventListener('pointerdown', () => (pressed = true), { capture: true });
for (const end of ['pointerup', 'pointercancel'])
	addEventListener(end, () => (pressed = false), { capture: true });

/** At once, or, while a button is held down, when its click has been handled. */
export function afterClick(act: () => void): void {
	if (!pressed) return act();
	addEventListener('pointerup', () => setTimeout(act), { once: true });
}
