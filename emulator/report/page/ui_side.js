// ui_side.js - what stands around the tiles: figures, legend, and the tables below.
import { byId, clock, count, duration, el, plural, put, rate } from './ui_text.js';

// ---- figures ----

const FIGURES = [
	['started', c => count(c.phones.started) + ' of ' + count(c.phones.planned)],
	['finished', c => count(c.phones.finished)],
	['failed', c => count(c.phones.failed)],
	['starts', (c, s) => rate(s.per_second.started)],
	['through', (c, s) => rate(s.per_second.ended)],
	['from servers', (c, s) => s.per_second.megabytes.toFixed(1) + ' MB/s'],
	['boot p50', c => duration(c.boot_ms && c.boot_ms.p50)],
	['boot p99', c => duration(c.boot_ms && c.boot_ms.p99)],
	['lost tries', c => count(Object.values(c.lost_tries).reduce((a, b) => a + b, 0)),
		c => Object.entries(c.lost_tries).map(([why, n]) => why + ' ' + count(n)).join(', ')],
	['loop lag p99', c => duration(c.loop_lag_p99_ms)],
];

export function figures(summary) {
	const list = byId('figures');
	if (!list.firstChild)
		list.append(...FIGURES.map(([name]) => el('div', {}, el('dt', {}, name), el('dd', {}, '–'))));
	if (!summary.counted)
		return;
	FIGURES.forEach(([name, value, title], i) => {
		const box = list.children[i];
		put(box.lastChild, value(summary.counted, summary));
		if (title)
			box.title = title(summary.counted);
		if (name === 'failed')
			box.classList.toggle('bad', summary.counted.phones.failed > 0);
	});
}

export function status(summary, paused, lost) {
	const e = byId('status'), end = summary && summary.end;
	const word = end ? 'ended: ' + end.verdict : lost ? 'no answer' : paused ? 'paused' : 'running';
	e.className = end ? end.verdict : lost ? 'lost' : paused ? 'paused' : 'running';
	put(e, word + (summary ? ' · ' + clock(summary.since_ms) : ''));
	byId('why').hidden = !(end && end.why);
	put(byId('why'), end && end.why ? end.why : '');
}

// ---- legend ----

// onToggle(kind number) when one is pressed.
export function legendMake(kinds, onToggle) {
	const bar = byId('bar'), box = byId('legend');
	kinds.list.forEach((kind, i) => {
		const swatch = el('i', { class: 'swatch' + (kind.name === 'failed' ? ' cross' : '') });
		const b = el('button', { type: 'button', 'aria-pressed': 'false' }, swatch, kind.name + ' ',
			el('b', {}, '0'));
		const part = el('span', { title: kind.name });
		for (const e of [swatch, part])
			e.style.background = 'var(' + kind.colour + ')';
		b.addEventListener('click', () => onToggle(i));
		box.append(b);
		bar.append(part);
	});
}

export function legend(counts, chosen) {
	const bar = byId('bar'), box = byId('legend');
	counts.forEach((n, i) => {
		const b = box.children[i];
		put(b.lastChild, count(n));
		b.setAttribute('aria-pressed', chosen.has(i));
		b.classList.toggle('none', n === 0);
		bar.children[i].style.flexGrow = n;
	});
}

// ---- tables ----

const cell = (text, cls) => el('td', { class: cls || null }, text);

function head(names, words) {
	return el('thead', {}, el('tr', {}, ...names.map(n =>
		el('th', { scope: 'col', class: words.includes(n) ? null : 'num' }, n))));
}

export function steps(run, summary) {
	const c = summary.counted, box = byId('steps');
	if (!c)
		return;
	const names = ['guide', 'step', 'stage', 'there now', 'done', 'failed', 'skipped', 'retries', 'p50', 'p99', 'max'];
	const rows = c.steps.map((s, i) => [s, run.rows[i]]).filter(([s, row]) =>
		!row.chore || s.done + s.failed + s.retries > 0);
	box.replaceChildren(el('table', {}, head(names, ['step', 'stage']), el('tbody', {},
		...rows.map(([s, row]) => el('tr', {},
			cell(row.guide ? [...new Set(row.guide)].join('–') : '', 'num soft'),
			el('th', { scope: 'row' }, row.name), cell(row.stage, 'soft'),
			cell(row.chore ? '' : count(s.at), 'num'), cell(count(s.done), 'num'),
			cell(count(s.failed), s.failed > 0 ? 'num bad' : 'num'), cell(count(s.skipped), 'num'),
			cell(count(s.retries), 'num'), cell(duration(s.ms && s.ms.p50), 'num'),
			cell(duration(s.ms && s.ms.p99), 'num'), cell(duration(s.ms && s.ms.max), 'num'))))));
}

const NAMED = 12;

// Buttons that open phones; more than a few are only counted.
export function phoneButtons(numbers, total, most, onOpen) {
	const all = numbers.slice(0, most).map(n => {
		const b = el('button', { type: 'button', class: 'phone', 'data-phone': n }, String(n));
		b.addEventListener('click', () => onOpen(n));
		return b;
	});
	if (total > all.length)
		all.push(el('span', { class: 'soft' }, ' and ' + plural(total - all.length, 'more', 'more')));
	return all;
}

// places: [{number, row, why}] of all failed phones.
export function failed(run, places, onOpen) {
	const box = byId('failed'), sets = new Map();
	for (const p of places) {
		const key = p.row * 256 + p.why;
		sets.set(key, (sets.get(key) || []).concat(p.number));
	}
	const mark = JSON.stringify([...sets].map(([key, list]) => [key, list.length]));
	if (box.dataset.mark === mark)
		return;
	box.dataset.mark = mark;
	if (sets.size === 0) {
		box.replaceChildren(el('p', { class: 'soft' }, 'None so far.'));
		return;
	}
	const rows = [...sets].sort((a, b) => b[1].length - a[1].length).map(([key, list]) => {
		const row = run.rows[key >> 8], why = run.reasons[key & 255];
		return el('tr', {}, el('th', { scope: 'row' }, row ? row.name : '?'),
			cell(key & 255 ? why : ''), cell(count(list.length), 'num'),
			el('td', {}, ...phoneButtons(list, list.length, NAMED, onOpen)));
	});
	box.replaceChildren(el('table', {}, head(['step', 'reason', 'phones', 'which'],
		['step', 'reason', 'which']), el('tbody', {}, ...rows)));
}
