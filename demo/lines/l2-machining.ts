// L2: the machining centre as an OPC UA server, signed and encrypted. One record a part, written at the end of its cycle.
import { join } from 'node:path';
import {
  DataType,
  MessageSecurityMode,
  nodesets,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  type StatusCode,
  StatusCodes,
  type UAVariable,
} from 'node-opcua';
import { DEMO_SECRETS, OPCUA_USER } from '../config.ts';
import { HOUR } from '../model/calendar.ts';
import type { CycleRecord } from '../model/line.ts';
import type { PlantModel } from '../model/plant.ts';
import { randomStream } from '../model/random.ts';
import { type FrontDoor, frontDoor } from './front-door.ts';
import { type OpcuaRecord, opcuaNodes } from './l2-nodes.ts';
import { type Clock, type LineArguments, type LineProcess, pacer, runLine } from './runner.ts';
import { codesOf, contextOf, inspection, REPORT_EVERY, type Sample, sampleReader } from './samples.ts';

const DROPOUT_FOR = HOUR;
const DROPOUT_SHARE = 0.2;
/** Wall time; a pulled cable does not know how fast the plant runs. */
const CUT_FOR_MS = 90_000;

interface Made {
  readonly record: CycleRecord;
  readonly wallMs: number;
}

function machining(plant: PlantModel, _clock: Clock, given: LineArguments): LineProcess {
  const samplesOf = sampleReader(plant, plant.lines.L2);
  const counters = inspection(plant, 'L2');
  const records = opcuaNodes(plant.file);
  const luck = randomStream(given.seed, 'dropout');
  const dropoutTarget = plant.file.data_faults.find((each) => each.name === 'dropout')?.target;
  const line = plant.file.lines.find((each) => each.id === 'L2');
  const partMs = ((line?.cycle_s ?? 1) * 1000) / (line?.parts_per_cycle ?? 1) / given.speed;
  const nodes = new Map<string, { variable: UAVariable; dataType: DataType }>();
  let gaugings = 0;
  let lastPart: CycleRecord | undefined;
  let lastGauged: CycleRecord | undefined;
  let report = reportOf(undefined);
  let dropoutUntilWallMs = 0;
  let server: OPCUAServer | undefined;
  let door: FrontDoor | undefined;
  let reopen: NodeJS.Timeout | undefined;

  function reportOf(record: CycleRecord | undefined): Readonly<Record<string, number | string>> {
    const counts = counters.counts(record?.part ?? '');
    return {
      inspected: counts.inspected,
      rejected: counts.rejected,
      period: record === undefined ? '' : counters.period(record),
      ...Object.fromEntries(
        codesOf(plant.file, 'L2').map((code) => [`defect_${code.toLowerCase()}`, counts.byCode.get(code) ?? 0]),
      ),
    };
  }
  function count(record: CycleRecord): void {
    counters.add(record);
    // The inspector reports a tray at a time.
    if (record.counter % REPORT_EVERY === 0) report = reportOf(record);
  }
  function set(node: string, value: number | string, at: Date, status: StatusCode = StatusCodes.Good): void {
    const known = nodes.get(node);
    known?.variable.setValueFromSource({ dataType: known.dataType, value }, status, at);
  }
  /** Every node of a record, its counter last; all in one turn of the event loop. */
  function show(which: OpcuaRecord, made: Made, samples: readonly Sample[], counter: number): void {
    const { record, wallMs } = made;
    const at = new Date(wallMs);
    const shown: Record<string, number | string | undefined> = {
      ...contextOf(plant, record),
      ...report,
      part_no: record.part,
      serial: record.serial,
      tool_age: record.toolAge,
      kwh: counters.kwh(record.ms),
    };
    for (const { wire, value } of samples) shown[wire.tag] = value;
    for (const each of which.values) {
      const isDropped =
        wallMs < dropoutUntilWallMs && `L2.${each.tag}` === dropoutTarget && luck.uniform() < DROPOUT_SHARE;
      const value = shown[each.tag] ?? (each.isText ? '' : 0);
      set(each.node, value, at, isDropped ? StatusCodes.BadSensorFailure : StatusCodes.Good);
    }
    set(which.counter, counter, at);
  }
  // A third faster than parts are made: after a stall it catches up, and each record stands long enough to be read.
  const paced = pacer<Made>(partMs * 0.75, (made) => {
    const samples = samplesOf(made.record);
    count(made.record);
    show(records.part, made, samples, made.record.counter);
    if (!samples.some((each) => each.wire.adapter === 'l2-gauge')) return;
    gaugings++;
    show(records.gauge, made, samples, gaugings);
  });

  function addNodes(opened: OPCUAServer): void {
    const { addressSpace } = opened.engine;
    if (addressSpace === null) throw new Error('the OPC UA server has no address space');
    const namespace = addressSpace.registerNamespace('urn:gaon:ansan-1:mc7');
    const machine = namespace.addObject({ organizedBy: addressSpace.rootFolder.objects, browseName: 'MC7' });
    const add = (node: string, dataType: DataType): void => {
      const name = node.slice(node.indexOf(';s=') + 3);
      const variable = namespace.addVariable({
        componentOf: machine,
        browseName: name,
        nodeId: `s=${name}`,
        dataType,
        minimumSamplingInterval: 0,
        accessLevel: 'CurrentRead',
        userAccessLevel: 'CurrentRead',
      });
      nodes.set(node, { variable, dataType });
      set(node, dataType === DataType.String ? '' : 0, new Date());
    };
    for (const record of [records.part, records.gauge]) {
      add(record.counter, DataType.UInt32);
      for (const each of record.values) add(each.node, each.isText ? DataType.String : DataType.Double);
    }
  }

  return {
    past(record) {
      if (record.line !== 'L2') return;
      lastPart = record;
      if (samplesOf(record).some((each) => each.wire.adapter === 'l2-gauge')) {
        gaugings++;
        lastGauged = record;
      }
      count(record);
    },
    live(record, wallMs) {
      if (record.line === 'L2') paced.add({ record, wallMs });
    },
    dataFault(name, atWallMs) {
      if (name === 'dropout') dropoutUntilWallMs = atWallMs + DROPOUT_FOR / given.speed;
      if (name !== 'cut') return;
      void door?.shut();
      clearTimeout(reopen);
      reopen = setTimeout(() => void door?.open(), CUT_FOR_MS);
    },
    async open() {
      const outside = await frontDoor(given.port);
      door = outside;
      const manager = (name: string): OPCUACertificateManager =>
        new OPCUACertificateManager({
          rootFolder: join(given.folder, name),
          automaticallyAcceptUnknownCertificate: true,
          disableFileWatchers: true,
        });
      const password = process.env.PUMJIL_DEMO_OPCUA_PASSWORD ?? DEMO_SECRETS.PUMJIL_DEMO_OPCUA_PASSWORD;
      const opened = new OPCUAServer({
        host: '127.0.0.1',
        port: 0,
        // Clients go where the server says it is: to the door.
        advertisedEndpoints: `opc.tcp://127.0.0.1:${outside.port}`,
        securityModes: [MessageSecurityMode.SignAndEncrypt],
        securityPolicies: [SecurityPolicy.Basic256Sha256],
        // Nothing but the base model: our own nodes then live in namespace 2, as the plant file says.
        nodeset_filename: [nodesets.standard],
        allowAnonymous: false,
        userManager: { isValidUser: (name: string, given: string) => name === OPCUA_USER && given === password },
        serverCertificateManager: manager('server-pki'),
        userCertificateManager: manager('user-pki'),
        buildInfo: { productName: 'MC7 (simulated)', manufacturerName: 'Gaon Precision (fictional)' },
      });
      server = opened;
      await opened.initialize();
      addNodes(opened);
      // A controller that is switched on still holds its last record.
      const wallMs = Date.now();
      if (lastPart !== undefined)
        show(records.part, { record: lastPart, wallMs }, samplesOf(lastPart), lastPart.counter);
      if (lastGauged !== undefined) {
        show(records.gauge, { record: lastGauged, wallMs }, samplesOf(lastGauged), gaugings);
      }
      await opened.start();
      outside.forwardTo(Number(new URL(opened.endpoints[0]?.endpointDescriptions()[0]?.endpointUrl ?? '').port));
      return outside.port;
    },
    async close() {
      paced.close();
      clearTimeout(reopen);
      await door?.close();
      await server?.shutdown(100);
    },
  };
}

await runLine(machining);
