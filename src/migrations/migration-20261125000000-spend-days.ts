import { Migration } from '@mikro-orm/migrations';

export class Migration20261125000000SpendDays extends Migration {
  override up(): void {
    this.addSql(`
      create table "spend_days" (
        "day" date not null,
        "leased" int not null,
        "latest_lot" int not null,
        primary key ("day")
      )`);
  }

  override down(): void {
    this.addSql('drop table "spend_days"');
  }
}
