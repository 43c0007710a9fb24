// ui_phone.js - one phone's timeline: what it has tried of late, when, and what came of it.
import { byId, count, duration, el, moment, plural } from './ui_text.js';

const SIGN = { done: '✓', retry: '↻', 'not done': '✕', skipped: '–' };

// A try lasts from its row's first try on: a retry's bar is the beginning of the next one's.
function bar(t, from, to) {
	const span = Math.max(1, to - from), b = el('span', { class: 'bar ' + t.verdict.replace(' ', '') });
	b.style.left = 100 * (t.t_ms - from) / span + '%';
	b.style.width = Math.max(0.5, 100 * t.ms / span) + '%';
	return el('span', { class: 'lane', 'aria-hidden': 'true' }, b);
}

function line(t, run, from, to) {
	const row = run.rows[t.row] || { name: '?', stage: '?', guide: null };
	const guide = row.guide ? [...new Set(row.guide)].join('–') : '';
	const why = [t.why, t.detail].filter(Boolean).join(': ');
	return el('tr', { class: t.verdict.replace(' ', '') },
		el('td', { class: 'num' }, moment(t.t_ms)),
		el('td', {}, el('span', { class: 'sign', 'aria-hidden': 'true' }, SIGN[t.verdict]), row.name,
			t.chore ? el('small', {}, ' chore') : null,
			why ? el('div', { class: 'why' }, why) : null, bar(t, from, to)),
		el('td', { class: 'num soft' }, guide),
		el('td', {}, t.verdict),
		el('td', { class: 'num' }, duration(t.ms)));
}

function table(p, run) {
	const from = Math.min(...p.tries.map(t => t.t_ms));
	const to = Math.max(...p.tries.map(t => t.t_ms + t.ms));
	const head = ['at', 'step', 'guide', 'verdict', 'took'];
	return el('table', {},
		el('thead', {}, el('tr', {}, ...head.map((h, i) =>
			el('th', { scope: 'col', class: i === 1 || i === 3 ? null : 'num' }, h)))),
		el('tbody', {}, ...p.tries.map(t => line(t, run, from, to))));
}

export class Phone {
	constructor(run, kinds, onClose) {
		this.run = run;
		this.kinds = kinds;
		this.onClose = onClose;
		this.panel = byId('phone');
		this.number = -1;
		this.shown = '';
	}

	async open(number) {
		this.number = number;
		this.shown = '';
		await this.refresh();
		this.panel.focus({ preventScroll: true });
		this.panel.scrollIntoView({ block: 'nearest' });
	}

	close() {
		this.number = -1;
		this.panel.hidden = true;
		this.onClose();
	}

	// Drawn again only when it has something new to tell.
	async refresh() {
		const number = this.number;
		if (number < 0)
			return;
		const answer = await fetch('/phone/' + number);
		const text = await answer.text();
		if (!answer.ok || number !== this.number || text === this.shown)
			return;
		this.shown = text;
		this.draw(JSON.parse(text));
	}

	// Instead of a timeline, when the run does not answer any more.
	say(number, ...lines) {
		this.number = -1;
		this.frame(number, ...lines.map(text => el('p', {}, text)));
	}

	frame(number, ...inside) {
		const close = el('button', { type: 'button', class: 'close' }, 'Close');
		close.addEventListener('click', () => this.close());
		this.panel.replaceChildren(el('h2', {}, 'Phone ' + number), close, ...inside);
		this.panel.hidden = false;
	}

	draw(p) {
		const kind = this.kinds.list[this.kinds.of(p.state, p.row)];
		const row = this.run.rows[p.row], group = this.run.groups.filter(g => g.first <= p.phone).pop();
		const where = kind.stage ? 'at ' + row.name + ', stage ' + kind.name
			: kind.name + (kind.name === 'failed' ? ' at ' + row.name : '');
		const facts = [p.who, group && 'group ' + group.name].filter(Boolean).join(' · ');
		this.frame(p.phone,
			el('p', { class: 'state' }, where, p.why ? ' – ' + p.why : ''),
			facts ? el('p', { class: 'soft' }, facts) : '',
			p.told > p.tries.length ? el('p', { class: 'soft' },
				'the latest ' + count(p.tries.length) + ' of ' + plural(p.told, 'try', 'tries')) : '',
			p.tries.length > 0 ? table(p, this.run)
				: el('p', { class: 'soft' }, 'It has not tried anything yet.'));
	}
}
