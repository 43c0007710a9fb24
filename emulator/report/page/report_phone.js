/* report_phone.js - one phone's way as a table with a bar for each try: when, and how long. */
const phone = {};

/* The rows as they travel: arrays, see html_priv.h. */
phone.rows = (way) => way.rows.map(([t, ms, step, n, verdict, why, detail, seen]) => ({ t, ms, step, n, verdict, why, detail, seen }));

phone.SIGNS = { done: '✓', retry: '↻', fail: '✗', skip: '–' };

/* What was on the wire of a row that did not go well: "dns_names: SRV _ntp._udp..." */
phone.seen = (seen) => seen && Object.keys(seen).length > 0 && dom.el('small', { class: 'seen' },
	Object.entries(seen).map(([key, v]) => key + ': ' + (Array.isArray(v) ? v.join(', ') : v)).join(' · '));

phone.bar = (row, from, to) => {
	const bar = dom.el('span', { class: 'lap ' + row.verdict });
	const width = (100 * row.ms) / (to - from);
	bar.style.left = Math.min(99.6, (100 * (row.t - from)) / (to - from)) + '%';
	bar.style.width = Math.max(0.4, Math.min(100, width)) + '%';
	return dom.el('span', { class: 'laps', 'aria-hidden': 'true' }, bar);
};

phone.table = (number) => {
	const way = page.run.ways[number];
	if (!way) {
		return dom.p('aside', 'This phone was not traced, or only its counts are here; run with ', dom.code('--trace all'),
			' or ', dom.code('--trace failures'), ' to see its steps.');
	}
	const rows = phone.rows(way);
	const from = rows[0].t;
	const to = Math.max(from + 1, d3.max(rows, (r) => r.t + r.ms));
	const out = [dom.table('Phone ' + number + ', ' + way.mac, [
		{ name: 'After', number: true, title: 'since its first step', get: (r) => r.t, show: (r) => text.ms(r.t - from) },
		{ name: 'Step', get: (r) => r.step, show: (r) => dom.code(r.step) },
		{ name: 'Tries', number: true, get: (r) => r.n },
		{
			name: 'Came to',
			get: (r) => r.verdict,
			cls: (r) => 'came ' + r.verdict,
			show: (r) => [phone.SIGNS[r.verdict] || '', ' ', r.verdict, r.why ? ': ' + r.why : '', r.detail ? dom.el('small', {}, ' ' + r.detail) : '', phone.seen(r.seen)],
		},
		{ name: 'Took', number: true, get: (r) => r.ms, show: (r) => text.ms(r.ms) },
		{ name: 'In time', show: (r) => phone.bar(r, from, to), cls: () => 'lapcell' },
	], rows, { cls: 'tight timeline' })];
	if (way.left_out)
		out.push(dom.p('aside', text.many(way.left_out, 'row') + ' in the middle are left out here; ', dom.code('cx700farm explain'), ' tells all.'));
	return dom.el('div', {}, out);
};

phone.details = (number, words, open) => dom.details(
	[dom.el('b', {}, 'Phone ' + number), ' ', words], () => phone.table(number), { class: 'phone', 'data-phone': number, open });
