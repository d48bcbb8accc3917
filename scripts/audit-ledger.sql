-- The auditor's own sums over central's database, in plain SQL (SQLite and PostgreSQL), without a line of our programs:
--   sqlite3 -header -column central.db < scripts/audit-ledger.sql        psql -f scripts/audit-ledger.sql
-- A row a check: what must be, what is, the difference. All differences 0: the ledger agrees with the facts.
--
-- The rates are written here as the auditor reads the agreement, and not taken from the ledger. Months are those of
-- Paris: midnight is at 22:00 UTC from April to October, at 23:00 UTC else (the clocks change late in a month, so the
-- first of a month is never near a change; valid since 1996).

WITH rates(channel, first_day, last_day, cents) AS (
  SELECT 'pharmacy', '2018-01-01', '9999-12-31', 100
),
not_paid(dossier_id) AS (
  SELECT dossier_id FROM changes WHERE kind = 'annulment'
  UNION SELECT dossier_id FROM outbox WHERE state = 'dead' AND action IN ('open', 'make')
  UNION SELECT e.dossier_id FROM abuse_evidence e JOIN abuse_cases c ON c.case_id = e.case_id
        WHERE c.verdict = 'confirmed'
),
eligible AS (
  SELECT d.dossier_id, r.cents
  FROM dossiers d
  JOIN rates r ON r.channel = d.channel AND d.opened_on BETWEEN r.first_day AND r.last_day
  WHERE NOT EXISTS (SELECT 1 FROM not_paid n WHERE n.dossier_id = d.dossier_id)
),
booked AS (
  SELECT dossier_id, sum(cents) AS cents, sum(owed) AS owed FROM ledger_entries GROUP BY dossier_id
),
-- Year and month as numbers, then days since 1970 by the calendar's own arithmetic (March is the first month).
numbered AS (
  SELECT month, CAST(substr(month, 1, 4) AS INTEGER) AS y, CAST(substr(month, 6, 2) AS INTEGER) AS m FROM closed_months
),
ends AS (
  SELECT month, y AS y1, m AS m1 FROM numbered
  UNION ALL
  SELECT month, CASE WHEN m = 12 THEN y + 1 ELSE y END, CASE WHEN m = 12 THEN 1 ELSE m + 1 END FROM numbered
),
shifted AS (
  SELECT month, m1,
         CASE WHEN m1 <= 2 THEN y1 - 1 ELSE y1 END AS ys, (m1 + 9) % 12 AS ms
  FROM ends
),
edges AS (
  SELECT month,
         ((365 * ys + ys / 4 - ys / 100 + ys / 400 + (153 * ms + 2) / 5 - 719468) * CAST(86400000 AS BIGINT))
         - CASE WHEN m1 BETWEEN 4 AND 10 THEN 7200000 ELSE 3600000 END AS at_ms
  FROM shifted
),
closed AS (
  SELECT month, min(at_ms) AS from_ms, max(at_ms) AS to_ms FROM edges GROUP BY month
),
stated AS (
  SELECT office_id, month, sum(owed) AS owed, sum(paid) AS paid FROM statement_steps GROUP BY office_id, month
),
of_month AS (
  SELECT e.office_id, c.month, sum(e.owed) AS owed, count(*) AS entries
  FROM ledger_entries e JOIN closed c ON e.booked_ms >= c.from_ms AND e.booked_ms < c.to_ms
  GROUP BY e.office_id, c.month
),
checks(number, what, must_be, is_now) AS (
  SELECT 1, 'cents: eligible openings at their rates / booked in all time',
         (SELECT coalesce(sum(cents), 0) FROM eligible), (SELECT coalesce(sum(cents), 0) FROM ledger_entries)
  UNION ALL
  SELECT 2, 'openings whose booked amount is another than their rate', 0,
         (SELECT count(*) FROM dossiers d
          LEFT JOIN eligible e ON e.dossier_id = d.dossier_id LEFT JOIN booked b ON b.dossier_id = d.dossier_id
          WHERE coalesce(e.cents, 0) <> coalesce(b.cents, 0))
  UNION ALL
  SELECT 3, 'entries that do not name the record which opened the dossier', 0,
         (SELECT count(*) FROM ledger_entries e LEFT JOIN dossiers d ON d.dossier_id = e.dossier_id
          WHERE d.dossier_id IS NULL OR d.record_id <> e.record_id)
  UNION ALL
  SELECT 4, 'dossiers owed less than nothing, or more than they earned', 0,
         (SELECT count(*) FROM booked WHERE owed < 0 OR owed > cents)
  UNION ALL
  SELECT 5, 'persons with more than one dossier, dossiers with more than one opening', 0,
         (SELECT count(*) FROM (SELECT fingerprint FROM persons GROUP BY fingerprint HAVING count(*) > 1) p)
         + (SELECT count(*) FROM (SELECT dossier_id FROM ledger_entries WHERE entry = 'opening'
                                  GROUP BY dossier_id HAVING count(*) > 1) o)
  UNION ALL
  SELECT 6, 'cents to pay by entries of closed months / by the statements of those months',
         (SELECT coalesce(sum(owed), 0) FROM of_month), (SELECT coalesce(sum(owed), 0) FROM stated)
  UNION ALL
  SELECT 7, 'statements that are not the entries booked in their month', 0,
         (SELECT count(*) FROM of_month m LEFT JOIN stated s ON s.office_id = m.office_id AND s.month = m.month
          WHERE s.owed IS NULL OR s.owed <> m.owed)
         + (SELECT count(*) FROM stated s LEFT JOIN of_month m ON m.office_id = s.office_id AND m.month = s.month
            WHERE m.owed IS NULL)
  UNION ALL
  SELECT 8, 'cents left for the bank by statements / by payments that did not come back',
         (SELECT coalesce(sum(paid), 0) FROM statement_steps),
         (SELECT coalesce(sum(l.cents), 0) FROM payment_lines l
          WHERE NOT EXISTS (SELECT 1 FROM statement_steps s WHERE s.payment_id = l.payment_id
                            AND s.office_id = l.office_id AND s.word = 'returned'))
  UNION ALL
  SELECT 9, 'statements of which something else was paid than they say', 0,
         (SELECT count(*) FROM stated WHERE paid <> 0 AND paid <> owed)
)
SELECT number, what, must_be, is_now, is_now - must_be AS difference FROM checks ORDER BY number;
