"use strict";
// Options of the charts of a page's blocks; `pages.js` reads the data and draws them.
function blockCharts({ data, cell, rowsOf, text, head, isShare, isMoney, whole, dark, narrow, colour }) {
    const hatch = () => ({
        symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4,
        color: dark.matches ? "rgba(0,0,0,.55)" : "rgba(255,255,255,.75)",
    });
    const short = (usd) => usd >= 1e9 ? (usd / 1e9).toFixed(1) + " bn" : usd >= 1e6 ? Math.round(usd / 1e6) + " m" : usd >= 1e3 ? Math.round(usd / 1e3) + " k" : String(usd);
    const font = () => ({ color: colour("--ink"), fontSize: 12, fontFamily: "system-ui, sans-serif" });
    const cut = (value, length) => (value.length > length ? value.slice(0, length - 1) + "…" : value);
    function tip(block, row) {
        const box = document.createElement("div");
        box.className = "tip";
        const bold = document.createElement("b");
        bold.textContent = cell(block, row, "label");
        const list = document.createElement("dl");
        for (const name of block.shown.filter((shown) => shown !== "label")) {
            const value = cell(block, row, name);
            if (value === null && name !== block.value) continue;
            const dt = document.createElement("dt");
            const dd = document.createElement("dd");
            dt.textContent = head(name);
            dd.textContent = value === null ? "no number" : cut(text(name, value), 160);
            list.append(dt, dd);
        }
        box.append(bold, list);
        return box;
    }
    const tooltip = () => ({
        confine: true, backgroundColor: colour("--panel"), borderColor: colour("--soft"),
        textStyle: { color: colour("--ink") },
    });

    // a band is drawn as a pale hatched bar from its low to its high, the value in front of it
    function barsOption(block, rows) {
        const share = isShare(block.value);
        const hasBand = (row) => block.low && cell(block, row, block.low) !== null &&
            cell(block, row, block.high) - cell(block, row, block.low) > 0.001;
        const rest = (row) => (hasBand(row) ? cell(block, row, block.high) - cell(block, row, block.low) : 0);
        const accent = colour("--accent");
        // long names get more room where there is some
        const isLong = rows.some((row) => String(cell(block, row, "label")).length > 44);
        const left = narrow.matches ? 138 : isLong && innerWidth > 1000 ? 430 : 270;
        const ticks = rows.map((row, place) => [cell(block, row, block.value), place]);
        const isTick = block.value === "exposure_share_best";
        const money = isMoney(block.value);
        const number = (value) => (share ? Math.round(value * 100) + " %" : money ? short(value) : String(value));
        const low = (row) => cell(block, row, block.low);
        const high = (row) => cell(block, row, block.high);
        const label = (row) => {
            const value = cell(block, row, block.value);
            const bounds = share ? (row) => Math.round(low(row) * 100) + "–" + Math.round(high(row) * 100) + " %"
                : (row) => number(low(row)) + " to " + number(high(row));
            const band = hasBand(row) ? bounds(row) : "";
            // a band alone: its upper end is no estimate
            if (value === null || block.value === block.high) return band || (value === null ? "no number" : number(value));
            return band ? number(value) + " (" + band + ")" : number(value);
        };
        return {
            animation: false,
            grid: { left, right: narrow.matches ? 104 : money ? 150 : 128, top: 8, bottom: 30 },
            tooltip: { ...tooltip(), formatter: (at) => tip(block, rows[at.dataIndex]) },
            xAxis: {
                type: "value", min: 0, max: share ? 1 : null, minInterval: share ? 0.25 : 1, splitNumber: narrow.matches ? 2 : 5,
                interval: share ? (narrow.matches ? 0.5 : 0.25) : undefined,
                axisLabel: { ...font(), color: colour("--soft"), hideOverlap: true, formatter: share ? (v) => v * 100 + " %" : money ? short : undefined },
                splitLine: { lineStyle: { color: colour("--line") } },
            },
            yAxis: {
                type: "category", inverse: true, axisTick: { show: false }, axisLine: { show: false },
                data: rows.map((row) => cut(cell(block, row, "label"), narrow.matches ? 42 : 200) + (cell(block, row, "is_basket") ? " *" : "")),
                axisLabel: { ...font(), width: left - (narrow.matches ? 8 : 12), overflow: narrow.matches ? "break" : "truncate", lineHeight: 14, interval: 0 },
            },
            series: [
                {
                    type: "bar", stack: "band", silent: true, barWidth: 16, itemStyle: { color: "transparent" },
                    data: rows.map((row) => (hasBand(row) ? cell(block, row, block.low) : 0)),
                },
                {
                    type: "bar", stack: "band", barWidth: 16,
                    itemStyle: { color: colour("--soft"), opacity: 0.45, decal: hatch() },
                    data: rows.map(rest),
                },
                {
                    type: "bar", barWidth: 16, barGap: "-100%", z: 3,
                    data: rows.map((row) => ({
                        // an estimate inside its band is a tick, one without a band is a bar
                        value: (isTick || block.value === block.high) && hasBand(row) ? null : cell(block, row, block.value),
                        itemStyle: {
                            color: accent,
                            opacity: hasBand(row) ? 0.8 : 1,
                            decal: cell(block, row, "is_partial") ? hatch() : { symbol: "none" },
                        },
                    })),
                },
                {
                    type: "scatter", symbol: isTick ? "rect" : "none", symbolSize: [4, 18], z: 4, silent: true,
                    itemStyle: { color: accent }, data: isTick ? ticks.filter((at) => at[0] !== null && hasBand(rows[at[1]])) : [],
                },
                {
                    type: "scatter", symbol: "circle", symbolSize: 0.1, silent: true, z: 5,
                    data: rows.map((row, place) => ({
                        value: [Math.max(cell(block, row, block.value) ?? 0, hasBand(row) ? cell(block, row, block.high) : 0), place],
                        label: { show: true, position: "right", ...font(), fontSize: 11, formatter: label(row) },
                    })),
                },
            ],
        };
    }

    const palette = () => dark.matches
        ? ["#7cc4e4", "#f0b45c", "#7fcf9f", "#f58d84", "#c3a6f0", "#d9d5cc"]
        : ["#0b5a7a", "#b35c00", "#2c6e49", "#a3241d", "#6a4ca3", "#555f68"];
    const symbols = ["circle", "rect", "triangle", "diamond", "roundRect", "emptyCircle"];
    // one line a label; a pale field from low to high where both are given
    function linesOption(block, rows) {
        const share = isShare(block.value);
        const isDays = block.x !== "year";
        const xs = [...new Set(rows.map((row) => cell(block, row, block.x)))].sort();
        const marks = isDays ? [] : marksOf(block);
        const labels = [...new Set(rows.map((row) => cell(block, row, "label")))];
        const at = (name, x) => rows.find((row) => cell(block, row, "label") === name && cell(block, row, block.x) === x);
        // a year is a span: its point stands in the middle, a day at its place in it
        const axis = [];
        if (isDays) axis.push(...xs);
        else for (let year = xs[0]; year <= xs[xs.length - 1]; year += 1) axis.push(year);
        const place = (x) => (isDays ? Date.parse(x) : x + 0.5);
        const ends = marks.map((mark) => mark.at);
        const xAxis = isDays
            ? { type: "time", axisLabel: { formatter: { year: "{yyyy}", month: "{MMM} {yyyy}", day: "{d} {MMM}" } } }
            : {
                type: "value", min: Math.min(axis[0], ...ends.map(Math.floor)),
                max: Math.max(axis[axis.length - 1] + 1, ...ends.map((end) => Math.ceil(end + 0.05))),
                interval: Math.ceil((axis[axis.length - 1] + 1 - axis[0]) / (narrow.matches ? 4 : 12)), axisLabel: { formatter: (v) => (Number.isInteger(v) ? String(v) : "") },
            };
        const colours = palette();
        const pointed = labels.map((name, index) => ({
            type: "line", name, symbol: symbols[index % symbols.length], symbolSize: 8, connectNulls: false, z: 3,
            // what is so on a day stays so until the next
            step: isDays ? "end" : false,
            lineStyle: { width: 2, type: index % 2 ? "dashed" : "solid" },
            color: colours[index % colours.length],
            data: axis.map((x) => {
                const row = at(name, x);
                return { value: [place(x), row ? cell(block, row, block.value) : null], row };
            }),
            ...(index === 0 && marks.length ? { markLine: markLines(marks) } : {}),
        }));
        const fields = block.low ? labels.flatMap((name, index) => band(block, axis, place, (x) => at(name, x), colours[index % colours.length], "band" + index, isDays)) : [];
        const top = marks.length ? 64 : 16;
        return {
            animation: false,
            color: colours,
            grid: { left: share ? 52 : 64, right: 20, top, bottom: 34 + 24 * Math.ceil(labels.length / (narrow.matches ? 1 : 3)) },
            legend: { bottom: 0, left: 8, data: labels, textStyle: { ...font(), width: 270, overflow: "truncate" }, itemGap: 8,
                orient: narrow.matches ? "vertical" : "horizontal" },
            tooltip: { ...tooltip(), formatter: (point) => (point.data?.row ? tip(block, point.data.row) : cut(point.name || point.seriesName, 160)) },
            xAxis: {
                ...xAxis, splitLine: { show: false }, axisLine: { lineStyle: { color: colour("--soft") } },
                axisLabel: { ...font(), color: colour("--soft"), hideOverlap: true, ...xAxis.axisLabel },
            },
            yAxis: {
                type: "value", min: 0, max: isMoney(block.value) ? null : 1,
                axisLabel: { ...font(), color: colour("--soft"), formatter: share ? (v) => v * 100 + " %" : isMoney(block.value) ? short : undefined },
                splitLine: { lineStyle: { color: colour("--line") } },
            },
            series: [...fields, ...pointed],
        };
    }
    // two stacked lines: an invisible one up to the low, and the field above it
    function band(block, axis, place, at, paint, stack, isStep) {
        const bounds = axis.map((x) => {
            const row = at(x);
            const low = row ? cell(block, row, block.low) : null;
            return [place(x), low, low === null ? null : cell(block, row, block.high) - low];
        });
        if (bounds.every((bound) => bound[2] === null)) return [];
        const field = { type: "line", stack, step: isStep ? "end" : false, symbol: "none", silent: true, connectNulls: false, lineStyle: { opacity: 0 }, stackStrategy: "all", z: 1 };
        return [
            { ...field, name: stack + " low", data: bounds.map(([x, low]) => [x, low]) },
            { ...field, name: stack + " high", data: bounds.map(([x, , rest]) => [x, rest]), areaStyle: { color: paint, opacity: 0.18 } },
        ];
    }
    const yearOf = (day) => Number(day.slice(0, 4)) + (Number(day.slice(5, 7)) - 1) / 12 + Number(day.slice(8, 10)) / 366;
    // the days on which clauses of countries of concern took effect, oldest first
    function marksOf(block) {
        const source = block.marks && data.blocks.find((other) => other.id === block.marks);
        if (!source) return [];
        return rowsOf(source)
            .filter((row) => cell(source, row, "is_country_of_concern") && cell(source, row, "start_date"))
            .map((row) => ({
                at: yearOf(cell(source, row, "start_date")), day: cell(source, row, "start_date"),
                title: cell(source, row, "label"), state: cell(source, row, "state"),
            }))
            .sort((one, other) => one.at - other.at);
    }
    // lines close to each other have one label, on three heights in turn
    function markLines(marks) {
        let before = -9;
        let level = 0;
        const dash = { active: "solid", suspended: "dashed", unknown: "dashed", announced: "dotted" };
        return {
            symbol: "none", animation: false,
            tooltip: { formatter: (at) => cut(at.data.day + ", " + at.data.state.replace("_", " ") + ": " + at.data.title, 160) },
            data: marks.map((mark) => {
                const isShown = mark.at - before > 0.2;
                if (isShown) { before = mark.at; level = (level + 1) % 3; }
                return {
                    xAxis: mark.at, day: mark.day, title: mark.title, state: mark.state,
                    lineStyle: { color: colour("--ink"), width: 1.2, type: dash[mark.state] ?? "solid", opacity: 0.7 },
                    label: { show: isShown, formatter: mark.day.slice(0, 7), position: "end", distance: 4 + 15 * level, ...font(), fontSize: 11 },
                };
            }),
        };
    }

    const states = () => {
        const strong = dark.matches ? ["#7fcf9f", "#4d8f6c", "#8a7a45", "#f58d84"] : ["#2c6e49", "#7fb796", "#d8b56a", "#b8443c"];
        return {
            held: strong[0], partial: strong[1], planned: strong[2], none_found: strong[3],
            whole: strong[0], most: strong[1], some: strong[2], not_covered: strong[3], unknown: null,
        };
    };
    // room above the cells for the longest slanted label
    const matrixTop = (block, rows) =>
        34 + 5 * Math.max(...rows.map((row) => String(cell(block, row, "column_label")).length));
    function matrixOption(block, rows) {
        const across = [...new Set(rows.map((row) => cell(block, row, "column_label")))];
        const down = [...new Set(rows.map((row) => cell(block, row, "label")))];
        const colours = states();
        const shortName = (state) => ({ none_found: "none", not_covered: "none", unknown: "?" }[state] ?? state);
        const shares = (percent) => (percent === 100 ? "whole" : percent >= 50 ? "most" : "some");
        const kindOf = (state) => (String(state).endsWith(" %") ? shares(parseInt(state, 10)) : state);
        const pale = ["planned", "partial", "some", "most"];
        const white = dark.matches ? "#14181c" : "#ffffff";
        return {
            animation: false,
            grid: { left: 128, right: 12, top: matrixTop(block, rows), bottom: 8 },
            tooltip: { ...tooltip(), formatter: (at) => tip(block, rows[at.dataIndex]) },
            xAxis: {
                type: "category", position: "top", data: across, axisTick: { show: false }, axisLine: { show: false },
                axisLabel: { ...font(), fontSize: 11, rotate: 52, interval: 0 },
            },
            yAxis: {
                type: "category", inverse: true, data: down, axisTick: { show: false }, axisLine: { show: false },
                axisLabel: { ...font(), width: 118, overflow: "truncate", interval: 0 },
            },
            series: [{
                type: "heatmap",
                data: rows.map((row) => {
                    const state = cell(block, row, block.value);
                    const known = colours[kindOf(state)] ?? null;
                    return {
                        value: [across.indexOf(cell(block, row, "column_label")), down.indexOf(cell(block, row, "label")), 1],
                        itemStyle: known
                            ? { color: known, borderColor: colour("--panel"), borderWidth: 1 }
                            : { color: colour("--soft"), opacity: 0.35, decal: hatch(), borderColor: colour("--panel"), borderWidth: 1 },
                        label: {
                            show: true, fontSize: 10, formatter: shortName(state),
                            color: known && !pale.includes(kindOf(state)) ? white : colour("--ink"),
                        },
                    };
                }),
            }],
        };
    }

    // a circle cannot be drawn from left to right: its links are in the table alone
    function linksOption(block, rows) {
        const drawn = rows.filter((row) => !cell(block, row, "is_in_cycle"));
        const from = (row) => (cell(block, row, "kind") === "mineral" ? "m:" : "p:") + cell(block, row, "label");
        const to = (row) => "p:" + cell(block, row, "column_label");
        const [parts, minerals] = palette();
        const found = new Map();
        for (const row of drawn) {
            const key = JSON.stringify([from(row), to(row)]);
            if (found.has(key)) found.get(key).value += 1;
            else found.set(key, { source: from(row), target: to(row), value: 1, row });
        }
        const names = [...new Set(drawn.flatMap((row) => [from(row), to(row)]))];
        return {
            animation: false,
            tooltip: {
                ...tooltip(),
                formatter: (at) => {
                    if (at.dataType === "edge") return tip(block, at.data.row);
                    const box = document.createElement("div");
                    box.className = "tip";
                    box.textContent = cut(at.name.slice(2), 160);
                    return box;
                },
            },
            series: [{
                type: "sankey", left: 4, right: 190, top: 8, bottom: 8, nodeGap: 5, nodeWidth: 12,
                nodeAlign: "left", draggable: false, emphasis: { focus: "adjacency" },
                lineStyle: { color: colour("--soft"), opacity: 0.3, curveness: 0.5 },
                label: { ...font(), fontSize: 11, formatter: (at) => cut(at.name.slice(2), 32) },
                data: names.map((name) => ({ name, itemStyle: { color: name.startsWith("m:") ? minerals : parts } })),
                links: [...found.values()],
            }],
        };
    }

    // shares of a member by item and stage; a cell that is a part or a band is hatched
    function gridOption(block, rows) {
        const names = [...new Set(rows.map((row) => cell(block, row, "item")))].sort((a, b) => a.localeCompare(b));
        const stages = gridStages(block, rows);
        const ramp = dark.matches
            ? ["#2b2a33", "#5a2f3c", "#94433a", "#cd6a37", "#f0a54a", "#fde9a9"]
            : ["#fdf6e3", "#fbd68f", "#ee9b45", "#c4561d", "#8a2b0d", "#4a1206"];
        const point = (row) => {
            const share = cell(block, row, block.value);
            const value = [stages.indexOf(cell(block, row, "stage")), names.indexOf(cell(block, row, "item")), share ?? 0];
            const isPart = cell(block, row, "is_partial") || cell(block, row, block.high) - cell(block, row, block.low) > 0.001;
            const mark = (cell(block, row, "is_basket") ? "*" : "") + (isPart && share !== null ? "†" : "");
            const isStrong = dark.matches ? share < 0.62 : share > 0.55;
            return {
                value, row,
                itemStyle: share === null ? { color: colour("--empty") } : isPart ? { decal: hatch() } : {},
                label: {
                    formatter: share === null ? "–" : Math.round(share * 100) + mark,
                    color: share === null ? colour("--soft") : isPart ? colour("--ink") : isStrong ? "#ffffff" : "#1d1206",
                    // digits stay readable over the hatching
                    ...(isPart && share !== null ? { textBorderColor: colour("--panel"), textBorderWidth: 4, fontWeight: 600 } : {}),
                },
            };
        };
        const axis = { type: "category", axisLine: { show: false }, axisTick: { show: false } };
        const series = {
            type: "heatmap", itemStyle: { borderColor: colour("--panel"), borderWidth: 1 },
            label: { show: true, fontSize: 10 }, emphasis: { itemStyle: { borderColor: colour("--accent"), borderWidth: 2 } },
        };
        const isKnown = (row) => cell(block, row, block.value) !== null;
        return {
            animation: false,
            grid: { left: narrow.matches ? 150 : 236, right: 14, top: 96, bottom: 8 },
            tooltip: { ...tooltip(), formatter: (at) => tip(block, at.data.row) },
            xAxis: { ...axis, data: stages, position: "top", axisLabel: { ...font(), fontSize: 11, rotate: 40, interval: 0, width: 130, overflow: "truncate" } },
            yAxis: { ...axis, data: names, inverse: true, axisLabel: { ...font(), interval: 0, width: narrow.matches ? 140 : 222, overflow: "truncate" } },
            visualMap: { show: false, min: 0, max: 1, dimension: 2, seriesIndex: 0, inRange: { color: ramp } },
            series: [
                { ...series, data: rows.filter(isKnown).map(point) },
                { ...series, data: rows.filter((row) => !isKnown(row)).map(point) },
            ],
        };
    }
    // from the ore to the system
    const stageOrder = ["ore or mine", "fuel", "concentrate", "scrap", "intermediate", "compound", "gas", "refined", "synthetic", "alloy", "semi-manufacture", "process material", "wafer", "magnet", "component", "equipment", "semiconductor", "system"];
    function gridStages(block, rows) {
        const order = (name) => stageOrder.findIndex((start) => name.toLowerCase().startsWith(start));
        return [...new Set(rows.map((row) => cell(block, row, "stage")))].sort((a, b) => order(a) - order(b) || a.localeCompare(b));
    }

    // tonnes from their origin, straight or through third countries, to those who use them
    function flowsOption(block, rows) {
        const [parts, minerals] = palette();
        const through = "v:through third countries";
        const found = [];
        const viaBy = new Map();
        for (const row of rows) {
            const [from, to] = ["o:" + cell(block, row, "label"), "u:" + cell(block, row, "column_label")];
            const [whole, via] = [cell(block, row, block.value), cell(block, row, "hub_t") ?? 0];
            if (whole - via > 0) found.push({ source: from, target: to, value: whole - via, row });
            if (via > 0) {
                found.push({ source: from, target: through, value: via, row });
                viaBy.set(to, (viaBy.get(to) ?? 0) + via);
            }
        }
        for (const [to, value] of viaBy) found.push({ source: through, target: to, value });
        const names = [...new Set(found.flatMap((link) => [link.source, link.target]))];
        const paint = (name) => (name === through ? colour("--soft") : name.startsWith("o:") ? minerals : parts);
        return {
            animation: false,
            tooltip: {
                ...tooltip(),
                formatter: (at) => {
                    if (at.dataType === "edge" && at.data.row) return tip(block, at.data.row);
                    const box = document.createElement("div");
                    box.className = "tip";
                    const name = at.dataType === "edge" ? at.data.source.slice(2) + " to " + at.data.target.slice(2) : at.name.slice(2);
                    box.textContent = cut(name, 120) + ": " + whole.format(at.value) + " t";
                    return box;
                },
            },
            series: [{
                type: "sankey", left: 4, right: 150, top: 8, bottom: 8, nodeGap: 12, nodeWidth: 12, draggable: false,
                emphasis: { focus: "adjacency" }, lineStyle: { color: "gradient", opacity: 0.35, curveness: 0.5 },
                label: { ...font(), fontSize: 11, formatter: (at) => cut(at.name.slice(2), 26) },
                data: names.map((name) => ({ name, depth: name === through ? 1 : name.startsWith("o:") ? 0 : 2, itemStyle: { color: paint(name) } })),
                links: found,
            }],
        };
    }

    // intervals of states, one line a clause; what has no end goes on to the edge
    const spanStates = ["active", "announced", "suspended", "unknown"];
    function spansOption(block, rows) {
        const drawn = rows.filter((row) => spanStates.includes(cell(block, row, "state")));
        const ids = [...new Set(drawn.map((row) => cell(block, row, "clause_id")))];
        const titles = ids.map((id) => cell(block, drawn.find((row) => cell(block, row, "clause_id") === id), "label"));
        const days = drawn.flatMap((row) => [cell(block, row, "start_date"), cell(block, row, "end_date")]).filter(Boolean).map((day) => Date.parse(day));
        const year = 365 * 864e5;
        const edge = Math.max(...days, Date.parse(data.asOf)) + year / 4;
        const strong = dark.matches ? ["#f58d84", "#f0b45c", "#7cc4e4", "#9aa3ab"] : ["#a3241d", "#d99a3c", "#0b5a7a", "#555f68"];
        const left = narrow.matches ? 130 : innerWidth > 1000 ? 430 : 270;
        return {
            animation: false,
            color: strong,
            grid: { left, right: 16, top: narrow.matches ? 66 : 34, bottom: 30 },
            legend: { top: 0, left: 0, data: spanStates, textStyle: font(), itemGap: 14 },
            tooltip: { ...tooltip(), formatter: (at) => tip(block, at.data.row) },
            xAxis: {
                type: "time", max: edge, axisLabel: { ...font(), color: colour("--soft"), hideOverlap: true, formatter: { year: "{yyyy}", month: "{MMM}", day: "{d} {MMM}" } },
                splitLine: { show: true, lineStyle: { color: colour("--line") } },
            },
            yAxis: {
                type: "category", inverse: true, data: ids, axisTick: { show: false }, axisLine: { show: false },
                axisLabel: {
                    ...font(), fontSize: narrow.matches ? 11 : 12, interval: 0, width: left - 12, lineHeight: 13,
                    overflow: narrow.matches ? "break" : "truncate", formatter: (id) => cut(titles[ids.indexOf(id)], narrow.matches ? 42 : 200),
                },
            },
            series: spanStates.map((state, index) => ({
                type: "custom", name: state,
                itemStyle: { color: strong[index], opacity: state === "announced" ? 0.65 : 1, decal: state === "unknown" || state === "suspended" ? hatch() : { symbol: "none" } },
                renderItem: (params, api) => {
                    const [from, to] = [api.coord([api.value(0), api.value(2)]), api.coord([api.value(1), api.value(2)])];
                    const height = Math.min(15, api.size([0, 1])[1] * 0.6);
                    const shape = echarts.graphic.clipRectByRect(
                        { x: from[0], y: from[1] - height / 2, width: Math.max(to[0] - from[0], 2), height },
                        { x: params.coordSys.x, y: params.coordSys.y, width: params.coordSys.width, height: params.coordSys.height },
                    );
                    return shape && { type: "rect", shape, style: { fill: api.visual("color"), opacity: state === "announced" ? 0.65 : 1, decal: api.visual("decal") } };
                },
                encode: { x: [0, 1], y: 2 },
                data: drawn.filter((row) => cell(block, row, "state") === state).map((row) => ({
                    value: [
                        Date.parse(cell(block, row, "start_date")),
                        // an interval ends with the end of its last day
                        cell(block, row, "end_date") ? Date.parse(cell(block, row, "end_date")) + 864e5 : edge,
                        ids.indexOf(cell(block, row, "clause_id")),
                    ],
                    row,
                })),
                ...(index === 0 ? { markLine: {
                    symbol: "none", animation: false, silent: true, data: [{ xAxis: Date.parse(data.asOf) }],
                    lineStyle: { color: colour("--ink"), type: "solid", width: 1.5 }, label: { formatter: data.asOf, position: "start", ...font(), fontSize: 11 },
                } } : {}),
            })),
        };
    }

    const count = (block, rows, name) => new Set(rows.map((row) => cell(block, row, name))).size;
    /** Height of a chart and the least width below which its frame scrolls, in pixels. */
    function sizeOf(kind, block, rows) {
        const n = count(block, rows, "label");
        const heights = {
            bars: () => 46 + rows.length * (narrow.matches ? 44 : 26),
            lines: () => (narrow.matches ? 260 + n * 24 : 330) + (block.marks ? 60 : 0),
            matrix: () => matrixTop(block, rows) + 16 + n * 25,
            links: () => 120 + n * 18,
            flows: () => 160 + Math.max(n, count(block, rows, "column_label")) * 30,
            spans: () => (narrow.matches ? 102 : 70) + count(block, rows, "clause_id") * (narrow.matches ? 42 : 24),
            grid: () => 104 + count(block, rows, "item") * 22,
        };
        const widths = {
            matrix: () => 150 + count(block, rows, "column_label") * 56,
            links: () => 900,
            flows: () => 640,
            grid: () => (narrow.matches ? 164 : 250) + gridStages(block, rows).length * 46,
        };
        return [heights[kind](), widths[kind]?.() ?? 0];
    }
    const options = {
        bars: barsOption, lines: linesOption, matrix: matrixOption, links: linksOption,
        flows: flowsOption, spans: spansOption, grid: gridOption,
    };
    return { option: (kind, block, rows) => options[kind](block, rows), sizeOf };
}
