-- One row per value of a plan's indicator, as an office keeps them: those that documents print and,
-- marked so, simulated ones. Key: indicator, period. Input: `value`, data/calibration/plan_value.csv.
SELECT indicator, period, value, unit, source
FROM value
