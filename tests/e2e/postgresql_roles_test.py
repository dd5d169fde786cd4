"""The store on PostgreSQL by two roles: the tables' owner, and the workers', who can't rewrite the past."""
import json

from cases import Case, each
from clinic import ADMIN, SAM, SERVICE
from postgres import PostgresWorker, cluster, needed
from support import ROOT

setUpModule = needed
EVENT = "INSERT INTO audit (id, at, request_id, action, outcome, hash)"
# A trigger of its own by the head's function; and code that changes more, where it runs as the owner.
MINE = ("CREATE TEMP TABLE mine AS SELECT id + 1 AS id, hash, hash AS mac FROM audit_head;"
        " CREATE TRIGGER mine AFTER INSERT ON mine REFERENCING NEW TABLE AS added FOR EACH STATEMENT"
        " EXECUTE FUNCTION audit_takes_all();")
EVIL = ("CREATE TYPE pg_temp.own AS ENUM ('a'); CREATE FUNCTION pg_temp.evil(pg_temp.own) RETURNS BYTEA"
        " LANGUAGE plpgsql AS $$ BEGIN IF current_user = 'clinic_owner' THEN"
        " CREATE OR REPLACE FUNCTION public.audit_head_moves_on() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN RETURN NEW; END'; END IF; RETURN sha256('x'); END $$;")


class Roles(Case):
    """Two roles, made as docs/postgresql.md says: one owns the tables, the workers' owns nothing."""
    OWNER, WORKERS = "clinic_owner", "clinic_workers"
    # All that the workers may do; of any other table, add, read, change and remove its rows.
    LESS = {"audit": "INSERT SELECT", "audit_head": "SELECT", "audit_cuts": "SELECT", "roomkey": "SELECT"}

    @classmethod
    def setUpClass(cls):
        cls.name = f"{cls.OWNER}s"
        cluster().sql(f"CREATE ROLE {cls.OWNER} LOGIN; CREATE ROLE {cls.WORKERS} LOGIN")
        cluster().sql(f"CREATE DATABASE {cls.name} OWNER {cls.OWNER} ENCODING 'UTF8' LOCALE 'C'"
                      " TEMPLATE template0")
        cluster().sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
                      f"GRANT USAGE, CREATE ON SCHEMA public TO {cls.OWNER}", cls.name)
        cluster().fill(cls.name, cls.OWNER)
        cls.worker = PostgresWorker(cluster().address(cls.name, cls.WORKERS))
        cls.addClassCleanup(cls.worker.close)
        cls.migrate()

    @classmethod
    def migrate(cls, *arguments):
        cls.as_owner("db", "migrate", *(arguments or ("--worker", cls.WORKERS)))

    @classmethod
    def as_owner(cls, *arguments, **options):
        return cls.worker.roomkey(*arguments, **options, ROOMKEY_ROOMS="asked",
                                  ROOMKEY_DB=cluster().address(cls.name, cls.OWNER))

    def sql(self, text, user=None):
        return cluster().sql(text, self.name, user or self.WORKERS).strip()

    def rights(self):
        """Of the workers' role, by table."""
        rows = self.sql("SELECT table_name, string_agg(privilege_type, ' ' ORDER BY privilege_type)"
                        f" FROM information_schema.table_privileges WHERE grantee = '{self.WORKERS}'"
                        " GROUP BY table_name", "postgres")
        return dict(row.split("|") for row in rows.splitlines())

    def wanted(self):
        tables = self.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").splitlines()
        return {table: self.LESS.get(table, "DELETE INSERT SELECT UPDATE") for table in tables}

    def state(self):
        """What none of its doings may change."""
        return self.sql("""
            SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1;
            SELECT proname, prosrc, proowner FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1;
            SELECT relname, relowner, relacl FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1;
            SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1;
            SELECT * FROM audit; SELECT * FROM audit_head; SELECT * FROM audit_cuts; SELECT schema FROM roomkey""",
                        "postgres")

    def test_the_doors_work_with_the_workers_role(self):
        self.given(self.worker.token())
        user = {"email": "new@example.com", "name": "New", "role": "patient"}
        made = self.worker.ask("PUT", "/api/users/77/", SERVICE, body=json.dumps(user).encode())
        self.assertEqual(made.status, 201)
        self.assertEqual(self.worker.post("/api/appointments/video-room/501/", ADMIN).status, 201)
        self.refused(self.worker.token(user=SAM), 403, "permission_denied")
        self.assertIn("is sound", self.as_owner("db", "verify"))
        self.assertNotIn("The role of ROOMKEY_DB", self.worker.roomkey("--json", "check", status=1))
        self.assertIn("owns the tables", self.worker.roomkey(
            "--json", "check", status=1, ROOMKEY_DB=cluster().address(self.name, self.OWNER)))

    def test_it_owns_nothing_and_has_just_these_rights(self):
        self.assertEqual(self.rights(), self.wanted())
        self.assertEqual(self.sql("SELECT column_name FROM information_schema.column_privileges WHERE grantee ="
                                  f" '{self.WORKERS}' AND table_name = 'roomkey' AND privilege_type = 'UPDATE'",
                                  "postgres"), "turn")
        self.assertEqual(self.sql(f"SELECT count(*) FROM pg_shdepend WHERE deptype = 'o' AND refobjid ="
                                  f" '{self.WORKERS}'::regrole", "postgres"), "0")
        self.assertEqual(self.sql("SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
                                  f" OR pg_has_role('{self.WORKERS}', '{self.OWNER}', 'MEMBER') FROM pg_roles"
                                  f" WHERE rolname = '{self.WORKERS}'", "postgres"), "f")

    @each([(statement.split(" VALUES")[0], code, statement) for code, statement in (
        ("42501", "UPDATE audit SET reason = 'none'"),
        ("42501", "DELETE FROM audit"),
        ("42501", "TRUNCATE audit"),
        ("42501", "INSERT INTO audit SELECT * FROM audit ON CONFLICT (id) DO UPDATE SET reason = 'none'"),
        ("42501", "UPDATE audit_head SET id = 0"),
        ("42501", "DELETE FROM audit_head"),
        ("42501", "TRUNCATE audit_head"),
        ("42501", "INSERT INTO audit_cuts SELECT 1, 1, 1, hash, 1, 'Ada', 'policy', 2, hash FROM audit"),
        ("42501", "UPDATE roomkey SET schema = 1"),
        ("42501", "DELETE FROM roomkey"),
        ("42501", "TRUNCATE users CASCADE"),
        ("42501", "DROP TABLE audit"),
        ("42501", "DROP TABLE guests"),
        ("42501", "ALTER TABLE audit ADD COLUMN more TEXT"),
        ("42501", "ALTER TABLE audit DISABLE TRIGGER ALL"),
        ("42501", "ALTER TABLE audit OWNER TO clinic_workers"),
        ("42501", "DROP TRIGGER audit_is_not_changed ON audit"),
        ("42501", "DROP TRIGGER audit_head_only_moves_on ON audit_head"),
        ("42501", "CREATE TRIGGER more BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION refuse_audit()"),
        ("42501", "CREATE RULE more AS ON INSERT TO audit DO INSTEAD NOTHING"),
        ("42501", "CREATE OR REPLACE FUNCTION refuse_audit() RETURNS trigger LANGUAGE plpgsql AS"
                  " 'BEGIN RETURN NEW; END'"),
        ("42501", "DROP FUNCTION refuse_audit() CASCADE"),
        ("42501", "SET session_replication_role = replica"),
        ("42501", "SET ROLE clinic_owner"),
        ("42501", "CREATE SCHEMA more"),
        ("42501", "CREATE TABLE more (one BIGINT)"),
        ("42501", "DROP SCHEMA public CASCADE"),
        ("42501", "CREATE ROLE more"),
        ("42501", "COPY audit TO PROGRAM 'cat'"),
        # What it may do, and the triggers refuse.
        ("23514", f"{EVENT} SELECT id + 2, 1, 'more', 'video_token', 'granted', hash FROM audit_head"),
        # A table of its own by the head's name, and the head's own function at one: neither moves the head.
        ("23514", "CREATE TEMP TABLE audit_head (id BIGINT, hash BYTEA);"
                  " INSERT INTO audit_head SELECT id + 1, hash FROM public.audit_head;"
                  f" {EVENT} SELECT id + 1, 1, 'more', 'video_token', 'granted', hash FROM audit_head"),
        ("42501", f"{MINE} INSERT INTO mine SELECT * FROM mine"),
        ("42501", "CREATE TEMP TABLE mine (id BIGINT);"
                  " CREATE TRIGGER mine AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION audit_takes_all()"))])
    def test_it_may_not(self, code, statement):
        before = self.state()
        with self.assertRaisesRegex(AssertionError, code):
            self.sql(statement)
        self.assertEqual(self.state(), before)

    @each([
        ("beside_a_table_of_one_s_own", f"{MINE} INSERT INTO mine SELECT * FROM mine"),
        ("beside_events_with_a_gap", f"{MINE} WITH one AS ({EVENT} SELECT id + 2, 1, 'more', 'video_token',"
         " 'granted', hash FROM audit_head) INSERT INTO mine"
         " SELECT id + step, hash, hash FROM audit_head, generate_series(1, 2) step"),
        ("beside_a_view_with_code_in_it", f"{EVIL} CREATE TEMP VIEW added AS"
         " SELECT 0::BIGINT AS id, NULL::BYTEA AS hash, NULL::BYTEA AS mac WHERE pg_temp.evil('a') IS NULL;"
         " GRANT SELECT ON added TO PUBLIC; CREATE TEMP TABLE mine (id BIGINT);"
         " CREATE TRIGGER mine AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION audit_takes_all();"
         " INSERT INTO mine VALUES (1)"),
        ("beside_a_cast", f"{EVIL} CREATE CAST (pg_temp.own AS BYTEA) WITH FUNCTION pg_temp.evil AS ASSIGNMENT;"
         " CREATE TEMP TABLE mine (id BIGINT, hash pg_temp.own, mac BYTEA);"
         " CREATE TRIGGER mine AFTER INSERT ON mine REFERENCING NEW TABLE AS added FOR EACH STATEMENT"
         " EXECUTE FUNCTION audit_takes_all(); INSERT INTO mine SELECT id + 1, 'a', NULL FROM audit_head")])
    def test_where_all_may_use_the_head_s_function_it_serves_the_audit_alone(self, statement):
        """As in a store that was restored without what is granted."""
        before = self.state()
        self.sql("GRANT EXECUTE ON FUNCTION audit_takes_all TO PUBLIC", self.OWNER)
        try:
            self.assertIn("the schema is not the one that roomkey made", self.as_owner("db", "verify", "--json", status=1))
            with self.assertRaisesRegex(AssertionError, "23514.*append-only"):
                self.sql(statement)
        finally:
            self.sql("REVOKE EXECUTE ON FUNCTION audit_takes_all FROM PUBLIC", self.OWNER)
        self.assertEqual(self.state(), before)

    def test_what_it_may_not_do_for_a_command_either(self):
        before = self.state()
        self.worker.roomkey("db", "migrate", "--worker", "postgres", status=1)
        self.assertEqual(self.state(), before)

    def test_a_later_migration_gives_it_the_new_tables(self):
        keyed = (ROOT / "sql/postgresql/007_audit_mac.sql").read_text().partition(";")[2]
        self.sql(f"{keyed} DROP TABLE guests; UPDATE roomkey SET schema = 9; DROP FUNCTION audit_takes_all CASCADE;"
                 " CREATE FUNCTION audit_takes_one() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
                 " CREATE TRIGGER audit_moves_its_head AFTER INSERT ON audit"
                 " FOR EACH ROW EXECUTE FUNCTION audit_takes_one()", self.OWNER)
        self.assertNotIn("guests", self.rights())
        # Somebody's trigger by the former function doesn't hold the migration up.
        with cluster().session("CREATE TEMP TABLE mine (id BIGINT); CREATE TRIGGER mine AFTER INSERT ON mine"
                               " FOR EACH ROW EXECUTE FUNCTION audit_takes_one();", self.name, self.WORKERS):
            self.migrate("--json")
        self.assertEqual(self.rights(), self.wanted())
        self.given(self.worker.token())
