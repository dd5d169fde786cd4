#include <filesystem>

#include "store/driver/sqlite/files.hpp"
#include "support/full_disk.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
namespace sqlite = store::driver::sqlite;
using sqlite::file_system_of;
using sqlite::is_network_file_system;

TEST(a_store_with_room_leaves_nothing_behind) {
  const FileStore store;
  const auto files = [&] {
    const std::filesystem::directory_iterator list(store.folder.path());
    return std::distance(begin(list), end(list));
  };
  const auto before = files();
  sqlite::probe_room(store.database);
  same(before, files());
  sqlite::probe_room(MemoryStore().database);
}

TEST(a_full_disk_is_seen_though_nothing_is_committed) {
  FileStore store;
  const FullDisk full;
  { const store::Transaction undone(store.database); }
  same("the store: its disk is full",
       throws<base::Unavailable>([&] { sqlite::probe_room(store.database); }));
}

TEST(a_folder_that_is_gone_takes_nothing) {
  const store::Database missing(settings_at("/nonexistent/roomkey.db"));
  expect(contains(throws<base::Unavailable>([&] { sqlite::probe_room(missing); }), "No such file"));
}

constexpr std::string_view kMounts =
    "21 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
    "22 21 0:5 / /proc rw - proc proc rw\n"
    "60 21 0:50 / /srv rw,relatime shared:30 - nfs4 nas:/export rw,vers=4.2\n"
    "61 60 0:51 / /srv/local rw - xfs /dev/vdb1 rw\n"
    "62 21 0:52 / /mnt/with\\040blank rw master:2 - cifs //nas/share rw\n"
    "63 21 0:53 / /var/lib/roomkey rw - ext4 /dev/vdc1 rw\n"
    "64 63 0:54 / /var/lib/roomkey rw - fuse.sshfs clinic@nas: rw,user_id=0\n"
    "65 21 0:55 / /var/lib/docker rw - overlay overlay rw,lowerdir=/a\n";

TEST(the_file_system_is_that_of_the_mount_nearest_above) {
  same("ext4", file_system_of(kMounts, "/home/roomkey.db"));
  same("nfs4", file_system_of(kMounts, "/srv/roomkey.db"));
  same("xfs", file_system_of(kMounts, "/srv/local/roomkey.db"));
  same("ext4", file_system_of(kMounts, "/srvother/roomkey.db"));
  same("cifs", file_system_of(kMounts, "/mnt/with blank/roomkey.db"));
  same("overlay", file_system_of(kMounts, "/var/lib/docker/roomkey.db"));
  same("fuse.sshfs", file_system_of(kMounts, "/var/lib/roomkey/roomkey.db"), "the later hides");
  for (const auto* const text : {"", "\n", "1 2 3", "1 2 3 / / rw", "1 2 3 / \\0 rw - ext4"}) {
    same("", file_system_of(text, "/x"), text);
  }
}

TEST(file_systems_of_other_machines_are_known) {
  for (const auto* const type :
       {"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuse.glusterfs", "9p", "ceph", "vboxsf",
        "virtiofs", "fuse.rclone", "fuse.s3fs", "lustre", "ocfs2"}) {
    expect(is_network_file_system(type), type);
  }
  for (const auto* const type : {"ext4", "xfs", "btrfs", "zfs", "overlay", "tmpfs", "fuseblk",
                                 "fuse.fuse-overlayfs", "f2fs", "bcachefs", ""}) {
    expect(!is_network_file_system(type), type);
  }
}

}  // namespace
