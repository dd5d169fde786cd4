"""`roomkey setup --db`: a store on a server is looked at before anything is written, its tables are made,
and the units that are shut off from every network get their way to it and to nothing else."""
import subprocess

from postgres import Cluster, cluster, needed, postgresql
from setup_support import ACTIVE, NGINX, RELOAD, UNITS, Machine, SetupCase
from support import BIN

DROP_INS = [f"etc/systemd/system/{unit}.d/store.conf"
            for unit in ("roomkey-token@.service", "roomkey-backup.service")]
USER = ["user", "set", "2", "--email", "a@example.com", "--name", "A", "--role", "patient"]
OWNER, WORKERS = "setup_owner", "setup_workers"


def setUpModule():
    needed()
    cluster().sql(f"CREATE ROLE {OWNER} LOGIN; CREATE ROLE {WORKERS} LOGIN")


class SetUpStore(SetupCase):
    def machine(self):
        machine = Machine()
        self.addCleanup(machine.__exit__)
        machine.give("password", cluster().password + "\n")
        return machine

    def tcp(self, machine, database, **more):
        return ["--db", cluster().tcp(database, **more), "--db-password-file", machine.given("password"),
                "--db-alone", "allow"]

    def socket(self, database, user=postgresql.SUPERUSER):
        return ["--db", cluster().address(database, user), "--db-alone", "allow"]

    def drop_ins(self, machine):
        return [(machine.root / path).read_text() for path in DROP_INS if (machine.root / path).exists()]

    def roomkey(self, variables, *words):
        done = subprocess.run([BIN / "roomkey", *words], env=variables, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def refused_for(self, machine, flags, says):
        """Nothing is changed, nor would be."""
        before = machine.files()
        for more in (["--dry-run"], []):
            status, output, errors = machine.setup(*machine.all_flags(), *flags, *more)
            self.assertEqual(status, 1, output + errors)
            self.assertRegex(errors, says)
            self.assertIn("nothing was changed", errors)
            self.assertNotIn(cluster().password, output + errors)
        self.changed_nothing(machine, before)

    def test_a_store_on_a_server_is_made_and_its_workers_find_the_way(self):
        machine, name = self.machine(), cluster().empty()
        flags = self.tcp(machine, name)
        status, output, errors = machine.setup(*machine.all_flags(), *flags, "--dry-run")
        self.assertEqual((status, cluster().sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'",
                                                name).strip()), (0, "0"), errors)
        self.assertIn("store.conf: a way to the store's servers", output)
        self.assertRegex(output, r"\n  the store: its tables are made, schema \d+\n")
        output = self.was_done(machine.setup(*machine.all_flags(), *flags))
        self.assertNotIn(cluster().password, output)
        values = machine.values()
        self.assertEqual(values["ROOMKEY_DB"], cluster().tcp(name))
        self.assertEqual((values["ROOMKEY_DB_PASSWORD"], values["ROOMKEY_DB_ALONE"]), (cluster().password, "allow"))
        self.assertRegex(values["ROOMKEY_AUDIT_KEY"], "^[0-9a-f]{64}$")
        self.assertEqual(cluster().events(name), [])
        self.assertIn("PostgreSQL 1", output)
        both = self.drop_ins(machine)
        self.assertEqual(len(both), 2)
        for text in both:
            self.assertTrue(text.startswith("# Written by `roomkey setup --db`"), text)
            self.assertIn("\nPrivateNetwork=no\n", text)
            self.assertIn("\nIPAddressDeny=any\nIPAddressAllow=127.0.0.1\n", text)
        self.assertEqual(machine.said_to_systemd(), ["daemon-reload", ACTIVE, UNITS, NGINX])
        self.assertTrue(self.was_done(machine.setup()).startswith("nothing to change\n"))
        self.assertEqual(machine.said_to_systemd(), [ACTIVE, UNITS, RELOAD, NGINX])

    def test_a_socket_needs_no_way_and_neither_does_a_file(self):
        machine = self.machine()
        self.was_done(machine.setup(*machine.all_flags(), *self.tcp(machine, cluster().empty())))
        machine.said_to_systemd()
        output = self.was_done(machine.setup(*self.socket(cluster().empty())))
        self.assertEqual(self.drop_ins(machine), [])
        self.assertIn("store.conf: removed, the store needs no network", output)
        self.assertEqual(machine.said_to_systemd()[0], "daemon-reload")
        self.was_done(machine.setup(*self.tcp(machine, cluster().empty())))
        self.assertEqual(len(self.drop_ins(machine)), 2)
        self.was_done(machine.setup("--db", f"{machine.root}/var/lib/roomkey/roomkey.db",
                                    "--db-password-file", "", "--db-alone", ""))
        self.assertEqual(self.drop_ins(machine), [])

    def test_what_can_not_be_reached_is_refused(self):
        machine, name = self.machine(), cluster().empty()
        self.refused_for(machine, self.tcp(machine, name, port=1), "Connection refused")
        self.refused_for(machine, self.tcp(machine, "nobodys"), "no database of that name")
        self.refused_for(machine, ["--db", cluster().tcp(name).replace("127.0.0.1", "db.invalid")],
                         "db.invalid has no address")
        machine.give("password", "wrong-5f0c1a9be2")
        self.refused_for(machine, self.tcp(machine, name), r"refuses the login[^\n]*\n.*--db-password-file")
        address = f"postgresql://postgres:{cluster().password}@127.0.0.1/{name}"
        self.refused_for(machine, ["--db", address], "a password stands in the address")

    def test_a_server_that_no_worker_could_write_to_is_refused(self):
        machine = self.machine()
        self.refused_for(machine, ["--db", cluster().address(cluster().filled())],
                         r"no synchronous standby[^\n]*\n.*--db-alone allow")
        newer = cluster().filled()
        cluster().sql("UPDATE roomkey SET schema = 99", newer)
        self.refused_for(machine, self.socket(newer), "newer than")
        # The workers' role: on an empty database, and where it was granted nothing.
        self.refused_for(machine, self.socket(cluster().empty(), WORKERS),
                         r"no store in it yet, and it can't make[^\n]*\n.*db migrate --worker ROLE")
        older = cluster().filled()
        cluster().sql(f"UPDATE roomkey SET schema = 1; GRANT SELECT ON roomkey TO {WORKERS}", older)
        self.refused_for(machine, self.socket(older, WORKERS), r"of schema 1, and it can't change the tables")
        self.refused_for(machine, self.socket(cluster().filled(), WORKERS), "the role may not do that")

    def test_the_workers_role_is_enough_where_the_owner_has_migrated(self):
        machine, name = self.machine(), cluster().empty()
        cluster().sql(f"ALTER DATABASE {name} OWNER TO {OWNER}")
        subprocess.run([BIN / "roomkey", "db", "migrate", "--worker", WORKERS], check=True, capture_output=True,
                       env={"ROOMKEY_DB": cluster().address(name, OWNER), "ROOMKEY_DB_ALONE": "allow"})
        output = self.was_done(machine.setup(*machine.all_flags(), *self.socket(name, WORKERS)))
        self.assertNotIn("The role of ROOMKEY_DB", output)
        self.assertNotIn("ROOMKEY_AUDIT_KEY", machine.values())  # how its audit goes on is settled

    def test_a_store_in_a_file_is_moved_first(self):
        machine, name = self.machine(), cluster().empty()
        self.was_done(machine.setup(*machine.all_flags()))
        machine.said_to_systemd()
        self.refused_for(machine, self.socket(name), "there is one in .*roomkey.db\n.*roomkey db copy")
        done = subprocess.run([BIN / "roomkey", "db", "copy", "--to", cluster().address(name)],
                              env=machine.values() | {"ROOMKEY_DB_ALONE": "allow"}, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.was_done(machine.setup(*self.socket(name)))

    def test_nor_is_one_in_a_file_left_behind_for_tables_that_the_owner_has_made(self):
        machine, name = self.machine(), cluster().empty()
        self.was_done(machine.setup(*machine.all_flags()))
        self.roomkey(machine.values(), *USER)
        made = {"ROOMKEY_DB": cluster().address(name), "ROOMKEY_DB_ALONE": "allow"}
        self.roomkey(made, "db", "migrate")
        machine.said_to_systemd()
        self.refused_for(machine, self.socket(name), "there is one in .*roomkey.db\n.*roomkey db copy")
        self.roomkey(machine.values() | {"ROOMKEY_DB_ALONE": "allow"}, "db", "copy", "--to", cluster().address(name))
        self.was_done(machine.setup(*self.socket(name)))

    def test_the_password_may_be_a_credential(self):
        machine, name = self.machine(), cluster().empty()
        credentials = machine.root / "etc/roomkey/credentials"
        credentials.mkdir(mode=0o700)
        (credentials / "roomkey_db_password").write_text(cluster().password)
        output = self.was_done(machine.setup(*machine.all_flags(), "--db", cluster().tcp(name), "--db-alone", "allow"))
        self.assertIn("PostgreSQL 1", output)
        self.assertNotIn("ROOMKEY_DB_PASSWORD", machine.values())

    def test_a_password_that_is_missing_is_named(self):
        machine, name = self.machine(), cluster().empty()
        self.refused_for(machine, ["--db", cluster().tcp(name), "--db-alone", "allow"],
                         r"wants a password, and none is given\n.*--db-password-file")

    def test_a_name_that_the_workers_can_not_look_up_is_told_of(self):
        machine, name = self.machine(), cluster().empty()
        flags = self.tcp(machine, name)
        status, _, errors = machine.setup(*machine.all_flags(), *flags, "--dry-run")
        self.assertEqual((status, errors), (0, ""))
        flags[1] = flags[1].replace("127.0.0.1", "0x7f.1")  # the same, and no name of /etc/hosts
        status, _, errors = machine.setup(*machine.all_flags(), *flags, "--dry-run")
        self.assertEqual(status, 0, errors)
        self.assertIn("put 0x7f.1 into /etc/hosts", errors)

    def test_the_second_machine_needs_the_first_one_s_audit_key(self):
        first, second, name = self.machine(), self.machine(), cluster().empty()
        self.was_done(first.setup(*first.all_flags(), *self.socket(name)))
        self.roomkey(first.values(), *USER)
        self.refused_for(second, self.socket(name), "its audit is keyed")
        with open(second.env, "a", encoding="utf-8") as env:
            env.write(f"\nROOMKEY_AUDIT_KEY={first.values()['ROOMKEY_AUDIT_KEY']}\n")
        self.was_done(second.setup(*second.all_flags(), *self.socket(name)))


class Standby(SetupCase):
    def test_with_a_standby_no_more_is_asked_for(self):
        with Cluster() as server, Machine() as machine:
            name = server.empty()
            with Cluster(standby_of=server):
                server.setting("synchronous_standby_names", "*")
                self.was_done(machine.setup(*machine.all_flags(), "--db", server.address(name)))
