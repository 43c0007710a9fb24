/* report_servers.js - what the servers were asked, as the farm counted it, and what they say of
 * it themselves. */
const servers = {};

servers.NAMES = {
	dhcp: 'DHCP', dns: 'DNS', ntp: 'NTP', kdc: 'Kerberos (KDC)', ldap: 'Directory (LDAP)', http: 'Web (HTTP)', https: 'Web (HTTPS)',
	sip: 'SIP', other: 'Other', web: 'Web (HTTP, HTTPS)', 'ca-web': 'CA’s web', ca_web: 'CA’s web', exchange: 'Exchange', update: 'Update',
	'update-external': 'Update, external',
};

servers.name = (key) => servers.NAMES[key.replace('load-', '')] || key;

/* ---- as the farm sees it ---- */

servers.rate = (values) => values.map((n) => n / page.run.course.span_s);

/* A small chart of something per second for each server: an area, and a line upon it. */
servers.tile = (key, words, area, line, mark) => {
	const { span_s: span, spans } = page.run.course;
	const name = servers.name(key);
	const place = chart.place('server-' + key, words.label(name), 110, (svg, width, height) => {
		const x = d3.scale.linear().domain([0, spans * span]).range([54, width - 6]);
		const top = Math.max(d3.max(area) || 0, line ? d3.max(line) || 0 : 0, mark || 0);
		const y = d3.scale.linear().domain([0, top || 1]).nice(2).range([height - 20, 8]);
		svg.append('path').attr({ class: 'counts', d: chart.area(area, x, y, span) });
		if (line) svg.append('path').attr({ class: 'line thin', d: chart.stairs(line, x, y, span) });
		if (mark) svg.append('line').attr({ class: 'limit', x1: 54, x2: width - 6, y1: y(mark), y2: y(mark) });
		chart.left(svg, y, [0, y.domain()[1]], 54, width - 6, words.show);
		chart.bottom(svg, x, height - 20, 3);
		chart.cursor(svg, x, [8, height - 20], (i) => words.say(area[i] || 0, line ? line[i] || 0 : null));
	});
	place.dataset.small = '1';
	return dom.el('li', {}, dom.el('h4', {}, name), place);
};

servers.asked = {
	label: (name) => name + ': requests and replies per second',
	show: (v) => text.figures(v) + ' /s',
	say: (area, line) => text.figures(area) + ' requests/s, ' + text.figures(line) + ' replies/s',
};

servers.traffic = (run) => {
	const { services, span_s: span, spans } = run.course;
	const sum = (key) => d3.range(spans).map((i) => d3.sum(Object.values(services), (s) => s[key][i] || 0) / span);
	const down = sum('bytes_out');
	const up = sum('bytes_in');
	const label = 'Bytes per second to and from the phones';
	return chart.place('traffic', label, 220, (svg, width, height) => {
		const x = d3.scale.linear().domain([0, spans * span]).range([64, width - 8]);
		const y = d3.scale.linear().domain([0, Math.max(1, d3.max(down), d3.max(up))]).nice(4).range([height - 24, 8]);
		chart.left(svg, y, chart.rounds(y, 4), 64, width - 8, (v) => text.bytes(v) + '/s');
		svg.append('path').attr({ class: 'counts', d: chart.area(down, x, y, span) });
		svg.append('path').attr({ class: 'line thin', d: chart.stairs(up, x, y, span) });
		chart.bottom(svg, x, height - 24);
		chart.cursor(svg, x, [8, height - 24], (i) => text.bytes(down[i]) + '/s to the phones, ' + text.bytes(up[i]) + '/s from them');
	});
};

/* What all phones together got done, and how many were switched on meanwhile. */
servers.work = (run) => {
	const { steps: each, span_s: span, spans, phones: where } = run.course;
	const sum = (of) => d3.range(spans).map((i) => d3.sum(Object.values(each), (s) => of(s, i)) / span);
	const done = sum((s, i) => s.done[i]);
	const bad = sum((s, i) => s.failed[i] + s.retries[i]);
	const on = where.started.map((n, i) => (n - (i ? where.started[i - 1] : 0)) / span);
	return chart.place('work', 'Steps done and tries that went wrong per second', 180, (svg, width, height) => {
		const x = d3.scale.linear().domain([0, spans * span]).range([64, width - 8]);
		const y = d3.scale.linear().domain([0, Math.max(1, d3.max(done), d3.max(bad), d3.max(on))]).nice(4).range([height - 24, 8]);
		chart.left(svg, y, chart.rounds(y, 4), 64, width - 8, (v) => text.figures(v) + ' /s');
		svg.append('path').attr({ class: 'counts', d: chart.area(done, x, y, span) });
		svg.append('path').attr({ class: 'counts bad', d: chart.area(bad, x, y, span) });
		svg.append('path').attr({ class: 'line thin', d: chart.stairs(on, x, y, span) });
		chart.bottom(svg, x, height - 24);
		chart.cursor(svg, x, [8, height - 24], (i) => text.figures(done[i]) + ' steps/s done, ' + text.figures(bad[i]) +
			' tries/s went wrong, ' + text.figures(on[i]) + ' phones/s switched on');
	});
};

servers.throughput = (run) => {
	const { services, span_s: span } = run.course;
	const keys = Object.keys(run.summary.servers).filter((key) => services[key]);
	const s = run.summary.servers;
	if (!keys.length) return;
	const peak = (key) => d3.max(services[key].requests) / span;
	const n = (name, field) => ({ name, number: true, get: (k) => s[k][field], show: (k) => text.count(s[k][field]) });
	const b = (name, field) => ({ name, number: true, get: (k) => s[k][field], show: (k) => text.bytes(s[k][field]) });
	dom.section('throughput', 'Throughput',
		dom.aid('What all phones together got done: the area is steps done per second, the orange part tries that went wrong, the line phones that were switched on.'),
		servers.work(run),
		dom.aid('What went over the wire: the area is what the servers sent, the line what the phones sent',
			run.summary.bytes.firmware ? '; ' + text.bytes(run.summary.bytes.firmware) + ' of it was firmware.' : '.'),
		servers.traffic(run),
		dom.aid('Below, for each service, requests (area) and replies (line) per second: where the line stays below the area, requests had no reply (a few never have one, such as DHCP’s RELEASE and SIP’s keep-alives).'),
		dom.el('ul', { class: 'tiles' }, keys.map((key) => servers.tile(key, servers.asked, servers.rate(services[key].requests), servers.rate(services[key].replies)))),
		dom.table('What the farm asked of the servers', [
			{ name: 'Service', get: (k) => k, show: servers.name },
			n('Requests', 'requests'), n('Replies', 'replies'),
			b('Bytes from phones', 'bytes_in'), b('Bytes to phones', 'bytes_out'),
			{ name: span === 1 ? 'Most in a second' : 'Most, mean of ' + text.s(span), number: true, get: peak, show: (k) => text.figures(peak(k)) + ' /s' },
		], keys, { sorts: true, cls: 'fit', row: (k) => ({ 'data-service': k }) }));
};

/* ---- as they see it themselves ---- */

/* The farm counts its web traffic by port, the pool by what is asked: those are summed up. */
servers.PAIRS = [
	['dhcp', ['dhcp']], ['dns', ['dns']], ['ntp', ['ntp']], ['kdc', ['kdc']], ['ldap', ['ldap']], ['sip', ['sip']],
	['web', ['ca-web', 'ca_web', 'exchange', 'update', 'update-external', 'http', 'https'], ['http', 'https']],
];

servers.add = (map, keys, field) => d3.sum(keys, (k) => (map[k] ? map[k][field] || 0 : 0));

servers.compared = (run) => servers.PAIRS.map(([name, theirs, ours]) => ({
	name,
	asked: servers.add(run.summary.servers, ours || theirs, 'requests'),
	came: servers.add(run.servers, theirs, 'requests'),
	answered: servers.add(run.servers, theirs, 'replies'),
	got: servers.add(run.summary.servers, ours || theirs, 'replies'),
})).filter((r) => r.asked || r.came);

servers.differ = (a, b) => (a === b ? '=' : (b > a ? '+' : '−') + text.count(Math.abs(b - a)));

servers.beside = (run) => {
	const rows = servers.compared(run);
	const n = (name, field) => ({ name, number: true, get: (r) => r[field], show: (r) => text.count(r[field]) });
	const d = (name, a, b) => ({ name, number: true, get: (r) => r[b] - r[a], show: (r) => servers.differ(r[a], r[b]), cls: (r) => (r[a] === r[b] ? null : 'warn') });
	const own = Object.entries(run.servers).filter(([, s]) => s.requests || s.replies);
	return [
		dom.aid('The embedded pool’s own counters beside the farm’s: fewer arrived than were sent means lost on the way or refused; ',
			'fewer received than were answered means that a phone no longer listened.'),
		dom.table('Farm and servers', [
			{ name: 'Service', get: (r) => r.name, show: (r) => servers.name(r.name) },
			n('Sent by phones', 'asked'), n('Arrived at server', 'came'), d('Difference', 'asked', 'came'),
			n('Answered', 'answered'), n('Received by phones', 'got'), d('Difference', 'answered', 'got'),
		], rows, { cls: 'fit' }),
		dom.details('Each server’s own counters', () => dom.table('The embedded pool', [
			{ name: 'Server', get: ([k]) => k, show: ([k]) => servers.name(k) },
			...['requests', 'replies'].map((f) => ({ name: f[0].toUpperCase() + f.slice(1), number: true, get: ([, v]) => v[f], show: ([, v]) => text.count(v[f]) })),
			...[['bytes_in', 'Bytes in'], ['bytes_out', 'Bytes out']].map(([f, name]) => ({ name, number: true, get: ([, v]) => v[f], show: ([, v]) => text.bytes(v[f]) })),
		], own, { cls: 'fit', sorts: true })),
	];
};

/* ---- a rehearsal's servers ---- */

servers.offered = {
	label: (name) => name + ': work offered per second, as a share of what it can do',
	show: (v) => text.figures(100 * v) + ' %',
	say: (area) => text.figures(100 * area) + ' % of what it can do',
};

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

servers.load = (run) => {
	const list = Object.entries(run.load.servers).filter(([, s]) => s.requests > 0);
	const n = (name, get, show) => ({ name, number: true, get: ([, s]) => get(s), show: ([, s]) => show(get(s)) });
	const first = run.load.first;
	return [
		dom.p('', first == null ? '' : run.load.saturates
			? [dom.el('b', {}, servers.name(first)), ' would be the first to have more to do than it can, at ' + text.s(run.load.servers[first].full_at_s) + '.']
			: ['No server had more to do than it can; ', dom.el('b', {}, servers.name(first)), ' came closest.']),
		dom.aid('The work that arrives in each second, as a share of what the server’s workers can do in it: above the line at 100 % requests queue.'),
		dom.el('ul', { class: 'tiles' }, list.map(([key, s]) => servers.tile('load-' + key, { ...servers.offered, label: () => servers.offered.label(servers.name(key)) }, servers.spread(s.course), null, 1))),
		dom.table('Load of the simulated servers', [
			{ name: 'Server', get: ([k]) => k, show: ([k]) => servers.name(k) },
			n('Workers', (s) => s.workers, text.count), n('A request takes', (s) => s.takes_ms, text.ms),
			n('Requests', (s) => s.requests, text.count), n('Most in a second', (s) => s.peak_requests_per_s, text.count),
			{ name: 'Busiest second', number: true, get: ([, s]) => s.busiest, show: ([, s]) => text.figures(100 * s.busiest) + ' %', cls: ([, s]) => (s.busiest > 1 ? 'warn' : null) },
			n('Full at', (s) => s.full_at_s, text.s), n('Longest wait', (s) => s.wait_max_ms, text.ms), n('Lost', (s) => s.lost, text.count),
		], list, { sorts: true, cls: 'fit' }),
	];
};

servers.view = (run) => {
	if (!run.load && !run.servers) {
		dom.section('servers', 'The servers’ view', dom.p('', 'The pool is not ours, so its own counters are not known here; what the farm counted stands above.'));
		return;
	}
	dom.section('servers', 'The servers’ view', run.load ? servers.load(run) : null, run.servers ? servers.beside(run) : null);
};
