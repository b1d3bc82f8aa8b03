// Draws the report from the run in the element #run: the very file that --json writes.
'use strict';
(() => {
  const run = JSON.parse(document.getElementById('run').textContent);
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue('--' + name).trim();
  const palette = ['#2f6fde', '#e08a1e', '#c4376b', '#7a56c8', '#1f9d8a', '#6b7686'];

  // --- quantities

  const count = (n) => n.toLocaleString('en-US');
  const rate = (n) => n.toLocaleString('en-US', { maximumFractionDigits: 1 }) + '/s';
  const duration = (ns) => {
    let value = ns;
    const units = ['ns', 'µs', 'ms', 's'];
    let unit = 0;
    for (; value >= 999.5 && unit < 3; ++unit) value /= 1000;
    return (unit === 0 ? value.toFixed(0) : value.toPrecision(Math.max(3, Math.round(value).toString().length))) + ' ' + units[unit];
  };
  const main = run.run.main_latency;
  const words = (name) => name.replaceAll('_', ' ');

  // --- elements

  const element = (tag, properties = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  };
  const card = (title, ...children) =>
    element('div', { className: 'card' }, element('h2', { textContent: title }), ...children);
  const table = (head, rows, className = '') => {
    const cells = (tag, row) => row.map((cell) =>
      cell instanceof Node ? element(tag, {}, cell) : element(tag, { textContent: cell }));
    return element('table', { className },
      element('thead', {}, element('tr', {}, ...cells('th', head))),
      element('tbody', {}, ...rows.map((row) => element('tr', {}, ...cells('td', row)))));
  };
  const note = (text) => element('p', { className: 'note', textContent: text });
  const add = (id, ...nodes) => document.getElementById(id).append(...nodes);

  // --- the series, by column

  const columns = Object.fromEntries(run.series.columns.map((name, index) => [name, index]));
  const cell = (row, name) => row[columns[name]];
  const seconds = (row) => (cell(row, 'end_ns') - cell(row, 'start_ns')) / 1e9;
  const at = (row) => cell(row, 'end_ns') / 1e9;
  // A row of a few milliseconds, as at the end of a phase, makes a rate of chance.
  // (By reduce: there may be more rows than a function takes arguments.)
  const longest = run.series.rows.map(seconds).reduce((a, b) => Math.max(a, b), 0);
  const rowsOf = (...phases) =>
    run.series.rows.filter((row) => phases.includes(cell(row, 'phase')) && seconds(row) > longest / 4);
  // Where a reply to the warm-up came while measuring, an interval has a row of each: their sum.
  const perInterval = (rows, name) => {
    const sums = new Map();
    for (const row of rows) sums.set(at(row), (sums.get(at(row)) ?? 0) + cell(row, name) / seconds(row));
    return [...sums].map(([x, y]) => ({ x, y }));
  };
  const line = (rows, value) => rows.map((row) => ({ x: at(row), y: value(row) }));

  // The rate that was asked for: constant, or from phase to phase.
  const askedFor = (load) => {
    if (!(run.phases?.length > 0)) return [{ x: at(load[0]), y: run.rates.asked }, { x: at(load.at(-1)), y: run.rates.asked }];
    // When the measuring began, which may be long after the setup (--start-at).
    let x = cell(run.series.rows.find((row) => cell(row, 'phase') === 'measured') ?? load[0], 'start_ns') / 1e9;
    return run.phases.flatMap((phase) => [{ x, y: phase.from }, { x: (x += phase.length_ns / 1e9), y: phase.to }]);
  };

  // --- charts

  const phaseMarks = {
    id: 'phaseMarks',
    beforeDatasetsDraw(chart, _, options) {
      if (!options.marks) return;
      const { ctx, chartArea, scales } = chart;
      ctx.save();
      ctx.strokeStyle = color('line');
      ctx.fillStyle = color('quiet');
      ctx.font = '11px system-ui, sans-serif';
      for (const [index, mark] of options.marks.entries()) {
        const x = scales.x.getPixelForValue(mark.at);
        if (x < chartArea.left - 1 || x > chartArea.right) continue;
        ctx.setLineDash([4, 4]);
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
        ctx.fillText(mark.name, x + 4, chartArea.top + 10 + 11 * (index % 3));
      }
      ctx.restore();
    },
  };
  const marks = [];
  for (const row of run.series.rows) {
    const phase = cell(row, 'phase');
    if (!marks.some((mark) => mark.name === phase)) {
      marks.push({ name: phase, at: cell(row, 'start_ns') / 1e9 });
    }
  }

  const plot = (title, explanation, config) => {
    const canvas = element('canvas', { role: 'img', ariaLabel: title });
    add('charts', card(title, element('div', { className: 'plot' }, canvas), note(explanation)));
    Chart.defaults.color = color('quiet');
    Chart.defaults.borderColor = color('line');
    Chart.defaults.font.family = 'system-ui, sans-serif';
    new Chart(canvas, config);
  };
  const dataset = (label, data, index, more = {}) => ({
    label, data, borderColor: palette[index % palette.length], backgroundColor: palette[index % palette.length],
    borderWidth: 2, pointRadius: data.length > 60 ? 0 : 2, tension: 0, ...more,
  });
  const lines = (datasets, y, format, x = {}) => ({
    type: 'line',
    data: { datasets },
    plugins: [phaseMarks],
    options: {
      animation: false, maintainAspectRatio: false, parsing: false,
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: { type: 'linear', title: { display: true, text: 'seconds since the run began' }, ...x },
        y: { ticks: { callback: format }, ...y },
      },
      plugins: {
        phaseMarks: { marks: x.type ? undefined : marks },
        legend: { labels: { usePointStyle: true, boxHeight: 6 } },
        tooltip: { callbacks: { label: (item) => item.dataset.label + ': ' + format(item.parsed.y) } },
      },
    },
  });
  // Ticks of a logarithmic axis: 1, 2 and 5 of each decade.
  const onDecades = (format) => (value) =>
    ['1', '2', '5'].includes(String(value.toPrecision(1))[0]) ? format(value) : '';

  const percentileCurve = () => {
    const sets = [];
    for (const [name, histogram] of Object.entries(run.histograms_ns)) {
      const total = run.latency_ns[name].count;
      if (total === 0) continue;
      const data = [];
      let seen = 0;
      for (const [, high, number] of histogram.bins) {
        seen += number;
        // The axis counts nines: 1 / (1 - share). What lies beyond the last is the maximum.
        data.push({ x: seen < total ? total / (total - seen) : total * 2, y: Math.min(high, histogram.max) });
      }
      sets.push(dataset(words(name), data, sets.length, { stepped: 'before', pointRadius: 0 }));
    }
    if (sets.length === 0) return;
    const names = { 1: '0 %', 2: '50 %', 10: '90 %', 100: '99 %', 1000: '99.9 %', 10000: '99.99 %', 100000: '99.999 %', 1000000: '99.9999 %' };
    const config = lines(sets, { type: 'logarithmic', ticks: { callback: onDecades(duration) } }, duration, {
      type: 'logarithmic', min: 1, title: { display: true, text: 'share of all that were at most so long' },
      ticks: { autoSkip: false, maxRotation: 0, callback: (value) => names[value] ?? '' },
    });
    config.options.interaction = { mode: 'nearest', axis: 'x', intersect: false };
    config.options.plugins.tooltip.callbacks.title = (items) =>
      'p' + (100 - 100 / items[0].parsed.x).toPrecision(6);
    plot('Percentiles', 'Every latency of the setup and the measured time, in bins at most 0.4 % wide. Latencies of pushes count from the moment at which the push was due.', config);
  };

  const drawCharts = () => {
    const load = rowsOf('warmup', 'measured');
    const wanted = run.rates.asked;
    if (run.counts.pushes.due > 0) {
      const sets = [dataset('sent', perInterval(load, 'sent'), 0)];
      if (run.counts.pushes.replies > 0) sets.push(dataset('replied', perInterval(load, 'replies'), 4));
      if (run.counts.broadcasts) sets.push(dataset('received', perInterval(load, 'broadcasts'), 4));
      if (wanted > 0 && load.length > 0) {
        sets.push(dataset('asked for', askedFor(load), 5, { borderDash: [6, 4], pointRadius: 0 }));
      }
      plot('Throughput', 'What was sent, and what came of it, per second.', lines(sets, { beginAtZero: true }, (v) => rate(v)));
    }
    const answered = rowsOf('measured').filter((row) => cell(row, main + '_count') > 0);
    if (answered.length > 0) {
      plot('Latency over time (' + words(main) + ')', 'Of the measured time, by the interval in which it ended. It counts from the moment at which the push was due.',
        lines(['p50', 'p90', 'p99', 'max'].map((name, index) =>
          dataset(name, line(answered, (row) => cell(row, main + '_' + name + '_ns')), index)),
        { type: 'logarithmic', ticks: { callback: onDecades(duration) } }, duration));
    }
    percentileCurve();
    const all = run.series.rows;
    let connections = 0, joins = 0, errors = 0;
    const begin = { x: 0, y: 0 };
    plot('Connections, joins and errors', 'How many there were so far.', lines([
      dataset('connected', [begin, ...line(all, (row) => (connections += cell(row, 'connected')))], 0),
      dataset('joined', [begin, ...line(all, (row) => (joins += cell(row, 'joined')))], 4),
      dataset('errors', [begin, ...line(all, (row) => (errors += cell(row, 'errors')))], 2),
    ], { beginAtZero: true, ticks: { precision: 0, callback: (v) => count(v) } }, (v) => count(v)));
  };

  // --- head, figures, tables

  const drawHead = () => {
    document.title = (run.passed ? 'Passed' : 'Failed') + ': load on ' + run.run.url;
    document.getElementById('title').textContent = 'Load on ' + run.run.url;
    document.getElementById('subtitle').textContent =
      [run.run.description, run.run.started_at.replace('T', ' ').replace('Z', ' UTC'), 'measured ' + duration(run.run.measured_ns),
        run.run.embedded ? 'against the embedded mock server' : '',
        ...Object.entries(run.run.labels ?? {}).map((label) => label.join('=')), run.run.interrupted ? 'stopped before its time' : '']
        .filter((text) => text).join(' · ');
    const verdict = document.getElementById('verdict');
    verdict.textContent = run.passed ? 'PASSED' : 'FAILED';
    verdict.classList.toggle('failed', !run.passed);
    for (const reason of run.reasons) add('callouts', element('p', { className: 'callout bad', textContent: reason }));
    for (const warning of run.warnings) add('callouts', element('p', { className: 'callout', textContent: warning }));
  };

  const drawCards = () => {
    const figure = (name, value) => add('cards', element('div', { className: 'card figure' },
      element('span', { className: 'value', textContent: value }), element('span', { className: 'name', textContent: name })));
    const latency = run.latency_ns[main];
    figure('of ' + count(run.counts.connections.asked) + ' connections open', count(run.counts.connections.done));
    figure('channels joined', count(run.counts.joins.done));
    if (run.counts.pushes.replies > 0) figure('replies', rate(run.rates.replied));
    if (run.counts.broadcasts) figure('broadcasts received', rate(run.rates.received));
    if (latency.count > 0) {
      const name = words(main);
      figure(name + ' p50', duration(latency.p50));
      figure(name + ' p99', duration(latency.p99));
      figure(name + ' max', duration(latency.max));
    }
    figure('errors', count(run.errors.reduce((sum, error) => sum + error.count, 0)));
  };

  const drawTables = () => {
    const percentiles = Object.keys(run.latency_ns.connect).filter((name) => /^p\d/.test(name));
    const latencies = Object.entries(run.latency_ns).filter(([, latency]) => latency.count > 0);
    add('charts', card('Latency', table(['', 'count', 'min', 'mean', 'stdev', ...percentiles, 'max'],
      latencies.map(([name, latency]) => [words(name), count(latency.count),
        ...['min', 'mean', 'stdev', ...percentiles, 'max'].map((name) => duration(latency[name]))]))));
    document.getElementById('charts').firstChild.classList.add('wide');
    add('tables', card('Fails if', table(['condition', ''], run.thresholds.map((threshold) => [
      element('code', { textContent: threshold.fail_if }),
      element('span', { className: threshold.failed ? 'failed-text' : 'ok',
        textContent: (threshold.failed ? 'failed: ' : 'ok: ') + threshold.was }),
    ]))));
    if (run.phases?.length > 0) {
      const phases = card('Phases', table(['', 'due', 'sent', 'replied', 'late', 'p50', 'p99', 'max'],
        run.phases.map(({ phase, pushes, latency_ns: latency }) => [phase, count(pushes.due), count(pushes.sent), count(pushes.replies),
          count(pushes.late), duration(latency.p50), duration(latency.p99), duration(latency.max)])));
      phases.classList.add('wide');
      document.getElementById('charts').firstChild.after(phases);
    }
    if (run.users?.length > 0) {
      const users = card('Users', table(['', 'connections', 'joins', 'sent', 'replied', 'received', 'failed', 'errors', 'p50', 'p99', 'max'],
        run.users.map((kind) => {
          const { connections, joins, pushes, broadcasts } = kind.counts;
          const latency = kind.latency_ns[kind.main_latency];
          return [kind.name, count(connections.done), count(joins.done), count(pushes.sent), count(pushes.replies),
            count(broadcasts?.received ?? 0), count(pushes.failed), count(kind.errors.reduce((sum, error) => sum + error.count, 0)),
            ...[latency.p50, latency.p99, latency.max].map(duration)];
        })), note('Latencies are those that the users are about: ' +
          run.users.map((kind) => kind.name + ': ' + words(kind.main_latency)).join(', ') + '.'));
      users.classList.add('wide');
      document.getElementById('charts').firstChild.after(users);
    }
    if (run.shards?.length > 0) {
      const shards = card('Shards', table(['', 'host', 'connections', 'asked', 'achieved', main + ' p99', 'thread', ''],
        run.shards.map((shard) => shard.missing
          ? [shard.shard, '', '', '', '', '', '', element('span', { className: 'failed-text', textContent: 'missing' })]
          : [shard.shard, shard.machine.host, count(shard.connections.done), rate(shard.rates.asked), rate(shard.rates.done),
            duration(shard.latency_ns.p99), (100 * shard.busiest_cpu).toFixed(1) + ' %',
            element('span', { className: shard.outcome === 'passed' ? 'ok' : 'failed-text',
              textContent: [shard.outcome.replace('_', ' '), ...shard.reasons].join(': ') })])),
      note('Each of the processes that carried out this run, by itself; all other figures are of all of them together.'));
      shards.classList.add('wide');
      document.getElementById('charts').firstChild.after(shards);
    }
    for (const [name, counts] of Object.entries(run.counts)) {
      add('tables', card(words(name).replace(/^./, (c) => c.toUpperCase()), table(['', 'count'],
        Object.entries(counts).map(([key, value]) => [words(key), count(value)]))));
    }
    const list = (errors) => table(['', 'phase', 'count', 'the first'],
      errors.map((error) => [error.description, error.phase, count(error.count), error.example]), 'words');
    add('tables', card('Errors', run.errors.length > 0 ? list(run.errors) : note('None.')));
    if (run.disruptions?.length > 0) {
      add('tables', card('Connections lost and opened again', list(run.disruptions), note('Not among the errors.')));
    }
    const generator = run.generator;
    add('tables', card('Generator', table(['', ''], [
      ['busiest thread', (100 * Math.max(0, ...generator.thread_cpu)).toFixed(1) + ' % of a core'],
      ['turns late (p99)', duration(generator.loop_lag_ns.p99)],
      ['pushes left after they were due (p99)', duration(generator.send_lag_ns.p99)],
      ['threads', count(run.run.threads)],
      ['seed', String(run.run.seed)],
    ]), note('How the instrument itself fared. Beyond 90 % of a core, or 5 ms late, it measures itself.')));
    add('tables', card('Environment', table(['', ''], [
      ...Object.entries(run.machine).map(([key, value]) => key === 'memory_bytes'
        ? ['memory', (value / 2 ** 30).toFixed(1) + ' GiB'] : [words(key), String(value)]),
      ['loadgen', run.tool.version],
      ...Object.entries(run.run.labels ?? {}),
      ...Object.entries(run.options).filter(([key]) => key !== 'label').map(([key, value]) => [element('code', { textContent: '--' + key }), [value].flat().join('\n')]),
    ], 'words')));
    document.getElementById('footer').textContent =
      'loadgen ' + run.tool.version + ' · schema ' + run.schema + ' ' + run.schema_version + ' · charts by Chart.js ' + Chart.version;
  };

  drawHead();
  drawCards();
  drawTables();
  drawCharts();
})();
