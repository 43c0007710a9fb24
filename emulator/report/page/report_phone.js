/* report_phone.js - one phone's way as a table with a bar for each step: when, and how long. */
const phone = {};

phone.SIGNS = { done: '✓', retry: '↻', fail: '✗', skip: '–' };

/* The rows as they travel: arrays, see html_priv.h. */
phone.row = ([t, ms, step, tries, verdict, why, detail, seen]) => (
	{ t, ms, step, tries, verdict, why, detail, seen });

/* What was on the wire of a row that did not go well: "dns_names: SRV _ntp._udp..." */
phone.seen = (seen) => seen && Object.keys(seen).length > 0 && dom.el('small', { class: 'seen' },
	Object.entries(seen).map(([key, v]) => key + ': ' + [].concat(v).join(', ')).join(' · '));

phone.came = (row) => [
	(phone.SIGNS[row.verdict] || '') + ' ' + row.verdict + (row.why ? ': ' + row.why : ''),
	row.detail && dom.el('small', {}, ' ' + row.detail),
	phone.seen(row.seen),
];

phone.bar = (row, from, to) => {
	const share = (ms) => (100 * ms) / (to - from);
	const bar = dom.el('span', { class: 'lap ' + row.verdict });
	bar.style.left = Math.min(99.6, share(row.t - from)) + '%';
	bar.style.width = Math.max(0.4, Math.min(100, share(row.ms))) + '%';
	return dom.el('span', { class: 'laps', 'aria-hidden': 'true' }, bar);
};

phone.columns = (from, to) => [
	{
		...dom.n('After', 't', (t) => text.ms(t - from)),
		title: 'since its first step',
	},
	dom.names('Step', (r) => r.step),
	dom.n('Tries', 'tries'),
	{ name: 'Came to', get: (r) => r.verdict, cls: (r) => 'came ' + r.verdict, show: phone.came },
	dom.n('Took', 'ms', text.ms),
	{ name: 'In time', show: (r) => phone.bar(r, from, to), cls: () => 'lapcell' },
];

phone.table = (number) => {
	const way = page.run.ways[number];
	if (!way) {
		return dom.p('aside', 'This phone was not traced; run with ', dom.code('--trace all'),
			' or ', dom.code('--trace failures'), ' to see what it did.');
	}
	const rows = way.rows.map(phone.row);
	const from = rows[0].t;
	const to = Math.max(from + 1, d3.max(rows, (r) => r.t + r.ms));
	return dom.el('div', {},
		dom.table('Phone ' + number + ', ' + way.mac, phone.columns(from, to), rows,
			{ cls: 'tight timeline' }),
		way.left_out > 0 && dom.p('aside', text.many(way.left_out, 'step'),
			' in the middle are left out here; ', dom.code('cx700farm explain'), ' tells all.'));
};

phone.details = (number, words, open) => dom.details(
	[dom.el('b', {}, 'Phone ' + number), ' ', words], () => phone.table(number),
	{ class: 'phone', 'data-phone': number, open });
