/**
 * The formulas of native/core/engram.hpp written plainly, in double precision and without any of its means: Gaussian
 * elimination instead of a factorisation, Jacobi rotations instead of Lanczos.
 */
export type Rows = number[][];

const product = (a: Rows, b: Rows): Rows =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
export const transposed = (a: Rows): Rows => a[0]!.map((_, j) => a.map((row) => row[j]!));

/** A⁻¹·B by elimination with pivots. */
function solved(a: Rows, b: Rows): Rows {
  const n = a.length;
  const rows = a.map((row, i) => [...row, ...b[i]!]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    }
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = rows[i]![k]! / rows[k]![k]!;
      for (let j = k; j < rows[k]!.length; j++) rows[i]![j]! -= factor * rows[k]![j]!;
    }
  }
  return rows.map((row, i) => row.slice(n).map((value) => value / row[i]!));
}

/** Eigenvalues, largest first, and eigenvectors as rows, of a symmetric matrix. */
export function eigen(matrix: Rows): { values: number[]; vectors: Rows } {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v = a.map((_, i) => a.map((_row, j) => Number(i === j)));
  const size = a.reduce((sum, row) => sum + row.reduce((part, value) => part + value ** 2, 0), 0);
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        off += a[p]![q]! ** 2;
        if (a[p]![q] === 0) continue;
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          [a[k]![p], a[k]![q]] = [c * a[k]![p]! - s * a[k]![q]!, s * a[k]![p]! + c * a[k]![q]!];
        }
        for (let k = 0; k < n; k++) {
          [a[p]![k], a[q]![k]] = [c * a[p]![k]! - s * a[q]![k]!, s * a[p]![k]! + c * a[q]![k]!];
          [v[p]![k], v[q]![k]] = [c * v[p]![k]! - s * v[q]![k]!, s * v[p]![k]! + c * v[q]![k]!];
        }
      }
    }
    if (off <= 1e-26 * size) break;
  }
  const order = a.map((_, i) => i).sort((i, j) => a[j]![j]! - a[i]![i]!);
  return { values: order.map((i) => a[i]![i]!), vectors: order.map((i) => v[i]!) };
}

/** By repeated multiplication. */
function largestEigenvalue(matrix: Rows): number {
  let vector = matrix.map(() => 1);
  let value = 0;
  for (let round = 0; round < 2000; round++) {
    const next = matrix.map((row) => row.reduce((sum, entry, j) => sum + entry * vector[j]!, 0));
    value = Math.hypot(...next) / Math.hypot(...vector);
    vector = next.map((entry) => entry / value);
  }
  return value;
}

/** E of the filtered form or the paper's: outputs × inputs. */
export function slowEngram(
  { inputs, outputs, rest }: { inputs: Rows; outputs: Rows; rest: Rows },
  method: 'filtered' | 'paper',
  rank = 16,
): { engram: Rows; spectrum: number[] } {
  const all = [...inputs, ...rest];
  const width = inputs[0]!.length;
  const sigma = product(transposed(all), all);
  const lambda = width * 1.2e-7 * largestEigenvalue(sigma);
  const damped = sigma.map((row, i) => row.map((value, j) => value + (i === j ? lambda : 0)));
  const solvedInputs = transposed(solved(damped, transposed(inputs))); // X_t(Σ+λI)⁻¹
  const { values, vectors } = eigen(product(solvedInputs, transposed(inputs)));
  const chance = inputs.length / all.length;
  // U·diag(φ/g)·Uᵀ
  const filter = inputs.map((_, i) =>
    inputs.map((_row, j) =>
      method === 'paper'
        ? Number(i === j)
        : values
            .slice(0, rank)
            .reduce(
              (sum, g, k) =>
                sum +
                (Math.max(0, g - chance) / (1 - chance) / g) * vectors[k]![i]! * vectors[k]![j]!,
              0,
            ),
    ),
  );
  return {
    engram: product(transposed(outputs), product(filter, solvedInputs)),
    spectrum: values,
  };
}
