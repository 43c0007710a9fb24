/* report_servers.js - what the servers say of it themselves: the embedded pool's counters beside
 * the farm's, or how busy a rehearsal's simulated servers were. */
const servers = {};

/* ---- the embedded pool ---- */

/* The farm counts its web traffic by port, the pool by what is asked: those are summed up. */
servers.PAIRS = [
	['dhcp', ['dhcp'], ['dhcp']],
	['dns', ['dns'], ['dns']],
	['ntp', ['ntp'], ['ntp']],
	['kdc', ['kdc'], ['kdc']],
	['ldap', ['ldap'], ['ldap']],
	['sip', ['sip'], ['sip']],
	['web', ['http', 'https'],
		['ca-web', 'ca_web', 'exchange', 'update', 'update-external', 'http', 'https']],
];

servers.add = (map, keys, field) => d3.sum(keys, (k) => (map[k] ? map[k][field] || 0 : 0));

servers.compared = (run) => servers.PAIRS.map(([key, ours, theirs]) => ({
	key,
	sent: servers.add(run.summary.servers, ours, 'requests'),
	arrived: servers.add(run.servers, theirs, 'requests'),
	answered: servers.add(run.servers, theirs, 'replies'),
	received: servers.add(run.summary.servers, ours, 'replies'),
})).filter((r) => r.sent || r.arrived);

servers.signed = (n) => (n === 0 ? '=' : (n > 0 ? '+' : '−') + text.count(Math.abs(n)));

/* How much the second differs from the first; any difference is marked. */
servers.difference = (a, b) => dom.warned(
	dom.n('Difference', (r) => r[b] - r[a], servers.signed), (r) => r[a] !== r[b]);

servers.own = (run) => dom.table('The embedded pool', [
	{ name: 'Server', get: ([key]) => key, show: ([key]) => traffic.name(key) },
	dom.n('Requests', ([, s]) => s.requests),
	dom.n('Replies', ([, s]) => s.replies),
	dom.n('Bytes in', ([, s]) => s.bytes_in, text.bytes),
	dom.n('Bytes out', ([, s]) => s.bytes_out, text.bytes),
], Object.entries(run.servers).filter(([, s]) => s.requests || s.replies),
{ cls: 'fit', sorts: true });

servers.beside = (run) => [
	dom.aid('The embedded pool’s own counters beside the farm’s: fewer arrived than were sent ',
		'means lost on the way or refused; fewer received than were answered means that a phone ',
		'no longer listened.'),
	dom.table('Farm and servers', [
		{ name: 'Service', get: (r) => r.key, show: (r) => traffic.name(r.key) },
		dom.n('Sent by phones', 'sent'),
		dom.n('Arrived at server', 'arrived'),
		servers.difference('sent', 'arrived'),
		dom.n('Answered', 'answered'),
		dom.n('Received by phones', 'received'),
		servers.difference('answered', 'received'),
	], servers.compared(run), { cls: 'fit' }),
	dom.details('Each server’s own counters', () => servers.own(run)),
];

/* ---- a rehearsal's servers ---- */

servers.percent = (v) => text.figures(100 * v) + text.gap + '%';

/* The rehearsal's seconds as spans of the course: the worst of each. */
servers.spread = (course) => {
	const { span_s: span, spans } = page.run.course;
	const out = new Array(spans).fill(0);
	course.offered.forEach((v, i) => {
		const at = Math.min(spans - 1, Math.floor((i * course.seconds) / span));
		out[at] = Math.max(out[at], v);
	});
	return out;
};

servers.offered = ([key, server]) => {
	const offered = servers.spread(server.course);
	return traffic.tile(key, 'load-' + key, ': work offered, as a share of what it can do', {
		areas: [['', offered]],
		limit: 1,
		show: servers.percent,
		say: (i) => servers.percent(offered[i]) + ' of what it can do',
	});
};

/* Which is full first, or comes closest. */
servers.first = (load) => {
	const name = load.first == null ? null : dom.el('b', {}, traffic.name(load.first));
	if (!name) return '';
	if (!load.saturates) return ['No server had more to do than it can; ', name, ' came closest.'];
	return [name, ' would be the first to have more to do than it can, at ' +
		text.s(load.servers[load.first].full_at_s) + '.'];
};

servers.load = (run) => {
	const list = Object.entries(run.load.servers).filter(([, s]) => s.requests > 0);
	return [
		dom.p('', servers.first(run.load)),
		dom.aid('The work that arrives in each second, as a share of what the server’s workers can do ',
			'in it: above the line at 100 % requests queue.'),
		dom.el('ul', { class: 'tiles' }, list.map(servers.offered)),
		dom.table('Load of the simulated servers', [
			{ name: 'Server', get: ([key]) => key, show: ([key]) => traffic.name(key) },
			dom.n('Workers', ([, s]) => s.workers),
			dom.n('A request takes', ([, s]) => s.takes_ms, text.ms),
			dom.n('Requests', ([, s]) => s.requests),
			dom.n('Most in a second', ([, s]) => s.peak_requests_per_s),
			dom.warned(dom.n('Busiest second', ([, s]) => s.busiest, servers.percent),
				([, s]) => s.busiest > 1),
			dom.n('Full at', ([, s]) => s.full_at_s, text.s),
			dom.n('Longest wait', ([, s]) => s.wait_max_ms, text.ms),
			dom.n('Lost', ([, s]) => s.lost),
		], list, { sorts: true, cls: 'fit' }),
	];
};

servers.section = (run) => {
	const foreign = dom.p('', 'The pool is not ours, so its own counters are not known here; ',
		'what the farm counted stands above.');
	dom.section('servers', 'The servers’ view', run.load && servers.load(run),
		run.servers && servers.beside(run), !run.load && !run.servers && foreign);
};
