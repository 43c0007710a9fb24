// ui_text.js - elements and numbers as people read them.

export const byId = id => document.getElementById(id);

// el('td', {class: 'num'}, '7', other): attributes that are true are set empty, null is left out.
export function el(name, attributes, ...children) {
	const e = document.createElement(name);
	for (const [key, value] of Object.entries(attributes || {}))
		if (value !== null && value !== undefined && value !== false)
			e.setAttribute(key, value === true ? '' : value);
	e.append(...children.filter(c => c !== null && c !== undefined));
	return e;
}

// Only when it differs: what is read aloud, selected or hovered stays as it is.
export function put(e, text) {
	if (e.textContent !== text)
		e.textContent = text;
}

const grouped = new Intl.NumberFormat('en-US');

export const count = n => grouped.format(n);

// "812 ms", "1.53 s", "3:05 min"
export function duration(ms) {
	if (ms === null || ms === undefined)
		return '–';
	if (ms < 10)
		return ms.toFixed(1) + ' ms';
	if (ms < 1000)
		return Math.round(ms) + ' ms';
	if (ms < 99500)
		return (ms / 1000).toFixed(ms < 9995 ? 2 : 1) + ' s';
	return clock(ms) + (ms < 3600000 ? ' min' : ' h');
}

// "1:05" or "1:00:05"
export function clock(ms) {
	const s = Math.floor(ms / 1000), two = n => String(n).padStart(2, '0');
	if (s >= 3600)
		return Math.floor(s / 3600) + ':' + two(Math.floor(s / 60) % 60) + ':' + two(s % 60);
	return Math.floor(s / 60) + ':' + two(s % 60);
}

// When in the run something was, "1:05.03".
export const moment = ms => clock(ms) + '.' + String(Math.floor(ms / 10) % 100).padStart(2, '0');

export const rate = n => (n >= 100 || n === 0 ? Math.round(n) : n.toFixed(1)) + '/s';

export const plural = (n, one, many) => count(n) + ' ' + (n === 1 ? one : many);
