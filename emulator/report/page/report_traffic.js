/* report_traffic.js - throughput: what the phones got done, and what the servers were asked, as
 * the farm has counted it. */
const traffic = {};

traffic.NAMES = {
	dhcp: 'DHCP', dns: 'DNS', ntp: 'NTP', kdc: 'Kerberos (KDC)', ldap: 'Directory (LDAP)',
	http: 'Web (HTTP)', https: 'Web (HTTPS)', web: 'Web (HTTP, HTTPS)', sip: 'SIP', other: 'Other',
	'ca-web': 'CA’s web', ca_web: 'CA’s web', exchange: 'Exchange', update: 'Update',
	'update-external': 'Update, external',
};

traffic.name = (key) => traffic.NAMES[key] || key;

/* Counts of the spans as rates. */
traffic.rate = (counts) => counts.map((n) => n / page.run.course.span_s);

/* The sum of several lists, per second. */
traffic.sum = (lists) => traffic.rate(d3.range(page.run.course.spans)
	.map((i) => d3.sum(lists, (list) => list[i] || 0)));

traffic.per = (v) => text.figures(v) + ' /s';

/* What all phones together got done, and how many were switched on meanwhile. */
traffic.work = (run) => {
	const each = Object.values(run.course.steps);
	const { started } = run.course.phones;
	const done = traffic.sum(each.map((s) => s.done));
	const bad = traffic.sum(each.flatMap((s) => [s.failed, s.retries]));
	const on = traffic.rate(started.map((n, i) => n - (i ? started[i - 1] : 0)));
	return chart.rates('work', 'Steps done and tries that went wrong per second', 180, {
		left: 64,
		ticks: 4,
		areas: [['', done], ['bad', bad]],
		line: on,
		show: traffic.per,
		say: (i) => text.figures(done[i]) + ' steps/s done, ' + text.figures(bad[i]) +
			' tries/s went wrong, ' + text.figures(on[i]) + ' phones/s switched on',
	});
};

traffic.bytes = (run) => {
	const all = Object.values(run.course.services);
	const down = traffic.sum(all.map((s) => s.bytes_out));
	const up = traffic.sum(all.map((s) => s.bytes_in));
	return chart.rates('traffic', 'Bytes per second to and from the phones', 220, {
		left: 64,
		ticks: 4,
		areas: [['', down]],
		line: up,
		show: (v) => text.bytes(v) + '/s',
		say: (i) => text.bytes(down[i]) + '/s to the phones, ' + text.bytes(up[i]) + '/s from them',
	});
};

/* A small chart with its name, in a list of such. */
traffic.tile = (key, id, label, what) => {
	const place = chart.rates(id, traffic.name(key) + label, 114, {
		left: 54,
		ticks: 2,
		room: 3,
		...what,
	});
	place.dataset.small = '1';
	return dom.el('li', {}, dom.el('h4', {}, traffic.name(key)), place);
};

traffic.service = (key, service) => {
	const asked = traffic.rate(service.requests);
	const answered = traffic.rate(service.replies);
	return traffic.tile(key, 'server-' + key, ': requests and replies per second', {
		areas: [['', asked]],
		line: answered,
		show: traffic.per,
		say: (i) => text.figures(asked[i]) + ' requests/s, ' + text.figures(answered[i]) + ' replies/s',
	});
};

traffic.table = (run, keys) => {
	const { services, span_s: span } = run.course;
	const s = run.summary.servers;
	const most = span === 1 ? 'Most in a second' : 'Most, mean of ' + text.s(span);
	return dom.table('What the farm asked of the servers', [
		{ name: 'Service', get: (k) => k, show: traffic.name },
		dom.n('Requests', (k) => s[k].requests),
		dom.n('Replies', (k) => s[k].replies),
		dom.n('Bytes from phones', (k) => s[k].bytes_in, text.bytes),
		dom.n('Bytes to phones', (k) => s[k].bytes_out, text.bytes),
		dom.n(most, (k) => d3.max(services[k].requests) / span, traffic.per),
	], keys, { sorts: true, cls: 'fit', row: (k) => ({ 'data-service': k }) });
};

traffic.section = (run) => {
	const { services } = run.course;
	const keys = Object.keys(run.summary.servers).filter((key) => services[key]);
	const firmware = run.summary.bytes.firmware;
	if (!keys.length) return;
	dom.section('throughput', 'Throughput',
		dom.aid('What all phones together got done: the area is steps done per second, ',
			'the orange one tries that went wrong, the line phones that were switched on.'),
		traffic.work(run),
		dom.aid('What went over the wire: the area is what the servers sent, ',
			'the line what the phones sent',
			firmware ? '; ' + text.bytes(firmware) + ' of it was firmware.' : '.'),
		traffic.bytes(run),
		dom.aid('Below, for each service, requests (area) and replies (line) per second: ',
			'where the line stays below the area, requests had no reply ',
			'(a few never have one, such as DHCP’s RELEASE and SIP’s keep-alives; ',
			'SIP replies that came together count as one).'),
		dom.el('ul', { class: 'tiles' }, keys.map((key) => traffic.service(key, services[key]))),
		traffic.table(run, keys));
};
