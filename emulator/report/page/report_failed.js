/* report_failed.js - what went wrong: tries by step and reason, and the phones that failed; and
 * which phones were the slowest. */
const failed = {};

failed.words = (why) => (why === 'none' ? 'no reason given' : why.replace('_', ' '));

/* Reasons, in the order of how often they came. */
failed.reasons = (list) => {
	const sums = {};
	for (const s of list)
		for (const [why, n] of Object.entries(s.reasons)) sums[why] = (sums[why] || 0) + n;
	return Object.keys(sums).sort((a, b) => sums[b] - sums[a]);
};

failed.cell = (n, most) => {
	if (!n) return dom.el('span', { class: 'none' }, '·');
	const span = dom.el('span', { class: 'depth' }, text.count(n));
	const depth = 12 + (58 * Math.log1p(n)) / Math.log1p(most);
	span.style.setProperty('--depth', Math.round(depth) + '%');
	return span;
};

failed.matrix = (run) => {
	const list = run.summary.steps.filter((s) => Object.keys(s.reasons).length);
	if (!list.length) return dom.p('', 'Every try of every phone went well.');
	const most = d3.max(list, (s) => d3.max(Object.values(s.reasons)));
	const reason = (why) => ({
		...dom.n(failed.words(why), (s) => s.reasons[why] || 0, (n) => failed.cell(n, most)),
		cls: () => 'depthcell',
	});
	return [
		dom.aid('How many tries ended badly, by step and reason; most of them were made again, ',
			'and only what is counted under “failed for good” cost the phone that step.'),
		dom.table('Tries that went wrong', [
			dom.names('Step', (s) => s.name),
			...failed.reasons(list).map(reason),
			dom.n('Sum', (s) => d3.sum(Object.values(s.reasons))),
			dom.warned(dom.n('Failed for good', 'failed'), (s) => s.failed > 0),
		], list, { sorts: true, cls: 'fit matrix' }),
	];
};

/* The causes, the most frequent first; when its phones failed is in the list of all. */
failed.kinds = (outcomes) => {
	const at = new Map((outcomes.failed || []).map((f) => [f.phone, f.at_ms]));
	const first = (kind) => kind.phones.map((number) => ({ phone: number, at_ms: at.get(number) }));
	return (outcomes.first_failed_by_reason || [])
		.map((kind) => ({ ...kind, first: first(kind) }))
		.sort((a, b) => b.count - a.count);
};

failed.kind = ({ step, why, count, first }, i) => dom.el('div',
	{ class: 'kind', 'data-step': step, 'data-why': why, 'data-v': count },
	dom.el('h4', {}, dom.code(step), ' · ' + failed.words(why),
		dom.el('small', {}, ' ' + text.many(count, 'phone'),
			count > first.length && ', the first ' + first.length + ' of them')),
	dom.el('div', { class: 'few' }, first.map((f, j) => phone.details(f.phone,
		f.at_ms == null ? '' : 'at ' + text.ms(f.at_ms), i === 0 && j === 0))));

failed.section = (run) => {
	const n = run.summary.phones.failed;
	const kinds = failed.kinds(run.course.outcomes);
	dom.section('failures', 'Failures', failed.matrix(run),
		dom.el('h3', {}, n ? text.many(n, 'phone') + ' failed' : 'No phone failed'),
		kinds.length > 0 && [
			dom.aid('Where their way ended and why, the most frequent first, ',
				'with the first phones to fail and when; open one to see its way.'),
			kinds.map(failed.kind),
		]);
};

/* ---- the slowest ---- */

failed.slow = (s, longest, median) => {
	const bar = dom.el('span', { class: 'meter', 'aria-hidden': 'true' });
	bar.style.width = (100 * s.boot_ms) / longest + '%';
	const words = [
		dom.el('span', { class: 'much' }, text.ms(s.boot_ms)),
		dom.el('small', {}, text.figures(s.boot_ms / median) + ' × the median'),
		dom.el('span', { class: 'meters' }, bar),
	];
	return dom.el('li', { 'data-v': s.boot_ms }, phone.details(s.phone, words, false));
};

failed.slowest = (run) => {
	const all = run.course.outcomes.slowest || [];
	const median = run.summary.boot_ms.from_intended_start.p50;
	if (!all.length) return;
	dom.section('slowest', 'Slowest phones',
		dom.aid('Those that took longest from their intended power-on until they were ready, ',
			'of all that got there; open one to see where its time went. ',
			'The median phone took ' + text.ms(median) + '.'),
		dom.el('ol', { class: 'slowest' },
			all.slice(0, 20).map((s) => failed.slow(s, all[0].boot_ms, median))),
		dom.details('Table of the ' + all.length + ' slowest', () => dom.table('The slowest phones', [
			dom.n('Phone', 'phone', String),
			dom.n('Time to ready', 'boot_ms', text.ms),
		], all, { cls: 'tight fit', sorts: true })));
};
