// What a fault of the plant file may move, derived from the file's own effects: everything else that signals is a false alarm.
import { faultOf } from '../../demo/model/faults.ts';
import { lineOf, type PlantFile } from '../../demo/model/plant-file.ts';

/** Characteristics and attributes that the plant file names as seen first; `cavity 3` and `S chart` are left away. */
export function firstSeen(file: PlantFile, fault: string): readonly string[] {
  return [...new Set(faultOf(file, fault).first.map((each) => each.split(' ')[0] ?? each))];
}

/** Characteristics and attributes that depend on a driver which the fault moves, through the flow of the parts. */
export function reachedBy(file: PlantFile, fault: string): ReadonlySet<string> {
  const dataFault = file.data_faults.find((each) => each.name === fault);
  // A cut of a line touches all that comes from it.
  if (dataFault !== undefined) {
    const { target } = dataFault;
    return new Set(file.characteristics.map(({ id }) => id).filter((id) => id === target || lineOf(id) === target));
  }
  const reached = new Set(faultOf(file, fault).moves.map((each) => each.x));
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const each of file.characteristics) {
      const sources = [...each.effects, ...each.sd_effects].map(({ from }) => from);
      // The gauge that is wrong shows nothing: its bias moves what depends on the truth.
      if (sources.some((from) => reached.has(from))) reached.add(each.id);
    }
  }
  for (const attribute of file.attributes) {
    const moved = file.defects.some((defect) => {
      const sources = [...defect.drivers.map(({ x }) => x), /true (L\d\.\w+)/.exec(defect.rule ?? '')?.[1] ?? ''];
      return attribute.codes.includes(defect.code) && sources.some((x) => reached.has(x));
    });
    if (moved) reached.add(attribute.id);
  }
  return reached;
}

/** The characteristic of a stream id: what stands before the part number. */
export function characteristicOf(stream: string | null): string {
  return stream?.split('~')[0] ?? '';
}
