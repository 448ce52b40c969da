import { Migration } from '@mikro-orm/migrations';

export class Migration20261122000000Users extends Migration {
  override up(): void {
    this.addSql(`
      create table "users" (
        "id" uuid not null,
        "mobile" varchar(16) not null,
        "registered_at" timestamptz(3) not null,
        primary key ("id"),
        constraint "users_mobile_unique" unique ("mobile")
      )`);
  }

  override down(): void {
    this.addSql('drop table "users"');
  }
}
